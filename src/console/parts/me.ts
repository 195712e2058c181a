import { useQuery } from '@tanstack/react-query';
import type { components } from '../../../dist/openapi/schema';
import { answer, api } from '../client/client';

export type Me = components['schemas']['Me'];

/** Who is logged in here. */
export function useMe(): Me | undefined {
  return useQuery({ queryKey: ['me'], queryFn: () => answer(api.GET('/v1/me')), staleTime: Number.POSITIVE_INFINITY }).data;
}
