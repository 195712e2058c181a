import { html } from '../../../src/api/pages/html';

test('text is escaped in content and in attributes', () => {
  const evil = `"><script>alert('x')</script>&`;
  expect(html`<p title="${evil}">${evil}</p>`.markup).toBe(
    '<p title="&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;">&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;</p>',
  );
});

test('markup goes in as it is, lists are joined, nothing leaves no trace', () => {
  expect(html`<ul>${['a', '<b>'].map((each) => html`<li>${each}</li>`)}</ul>${null}${false}${undefined}${0n}`.markup).toBe(
    '<ul><li>a</li><li>&lt;b&gt;</li></ul>0',
  );
});
