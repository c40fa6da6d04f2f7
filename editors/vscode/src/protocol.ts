// Requests of the server that the protocol doesn't have. Both take a place in a `.kss` file or in a generated one.

import { Location, Position, RequestType, TextDocumentIdentifier } from 'vscode-languageclient/node';

export interface WhyParams {
  textDocument: TextDocumentIdentifier;
  position: Position;
}

/** One line of source that had a say, the winner first. */
export interface WhyPlace {
  location: Location;
  /** What it says there, in one line: `override, because "…"`. */
  label: string;
}

export interface Why {
  /** The answer for people, as `kssc why` gives it. */
  markdown: string;
  places: WhyPlace[];
}

/** Where the value at a place comes from, and what it overrode. */
export const why = new RequestType<WhyParams, Why | null, void>('kss/why');

export interface OutputsParams {
  textDocument: TextDocumentIdentifier;
  /** Only files that hold what is declared here. */
  position?: Position;
}

export interface Output {
  /** Below the deploy tree: `clusters/kss/helm/loki.yaml`. */
  path: string;
  /** Where the file is, or will be. */
  uri: string;
  text: string;
  /** Lines that what is asked for made, from 0. */
  lines: number[];
  /** Does the file on the disk differ? */
  changed: boolean;
}

/** The files that a place leads to, as they would be written now. */
export const outputs = new RequestType<OutputsParams, { files: Output[] } | null, void>('kss/outputs');
