import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { ConfigProvider, theme as antTheme } from 'antd';
import { listen } from './client/live';
import { ProblemError } from './client/problem';
import { KeysProvider } from './parts/keys';
import { usePreferences } from './parts/preferences';
import { router } from './router';

/** Reads are asked again twice when the house could not be reached; a refusal is an answer and is shown. What changes anything is never sent again by itself. */
const client = new QueryClient({
  defaultOptions: {
    queries: { retry: (times, error) => times < 2 && (!(error instanceof ProblemError) || error.problem.retryable === true), staleTime: 5_000 },
    mutations: { retry: false },
  },
});

void listen(client);

/** The styles that components make at run time carry this document's nonce: the policy lets no others in. */
const nonce = document.querySelector<HTMLMetaElement>('meta[name=style-nonce]')?.content;

const COLOURS = {
  light: {
    colorPrimary: '#0b5d4e',
    colorInfo: '#0b5d4e',
    colorLink: '#0b5d4e',
    colorError: '#a12a1c',
    colorBgBase: '#fffefb',
    colorTextBase: '#1c2420',
    colorTextLightSolid: '#ffffff',
  },
  dark: {
    colorPrimary: '#7ed0b9',
    colorInfo: '#7ed0b9',
    colorLink: '#7ed0b9',
    colorError: '#f5a193',
    colorBgBase: '#1a201d',
    colorTextBase: '#e7ebe7',
    colorTextLightSolid: '#08211b',
  },
};

/** The buttons' own: an algorithm would derive colours that nobody can read on ours. */
const BUTTON = {
  light: {
    primaryShadow: 'none',
    dangerShadow: 'none',
    primaryColor: '#ffffff',
    dangerColor: '#ffffff',
    colorError: '#a12a1c',
    colorErrorHover: '#8a2217',
    colorErrorActive: '#751c13',
  },
  dark: {
    primaryShadow: 'none',
    dangerShadow: 'none',
    primaryColor: '#08211b',
    dangerColor: '#3b1c17',
    colorError: '#f5a193',
    colorErrorHover: '#f8b9ae',
    colorErrorActive: '#f8b9ae',
    colorPrimary: '#7ed0b9',
    colorPrimaryHover: '#9adcc9',
    colorPrimaryActive: '#9adcc9',
  },
};

/** The console: theme, data and addresses around its screens. */
export function App() {
  const { dark } = usePreferences();
  const colours = dark ? COLOURS.dark : COLOURS.light;
  return (
    <ConfigProvider
      button={{ autoInsertSpace: false }}
      csp={nonce === undefined ? {} : { nonce }}
      theme={{
        algorithm: dark ? antTheme.darkAlgorithm : antTheme.defaultAlgorithm,
        token: {
          ...colours,
          fontSize: 15,
          borderRadius: 6,
          motion: false,
          fontFamily: 'inherit',
          colorTextPlaceholder: dark ? '#a5b1aa' : '#56615b',
        },
        components: { Button: dark ? BUTTON.dark : BUTTON.light },
      }}
    >
      <QueryClientProvider client={client}>
        <KeysProvider>
          <RouterProvider router={router} />
        </KeysProvider>
      </QueryClientProvider>
    </ConfigProvider>
  );
}
