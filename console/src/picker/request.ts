import type { ToolCall } from '@toolruntime/client';
import { createContext } from 'react';

/** A wish to fill in a form: of a tool, with arguments to begin with, or first of all to choose one. */
export interface PickRequest {
  readonly tool?: string;
  readonly arguments?: ToolCall['arguments'];
}

/** Opens the form, where there is one. */
export const PickContext = createContext<((request: PickRequest) => void) | undefined>(undefined);
