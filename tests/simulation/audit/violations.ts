/** Something that must hold did not. `invariant` is its number in RELIABILITY.md. */
export interface Violation {
  readonly invariant: string;
  readonly message: string;
}

export type Report = (invariant: string, message: string) => void;
