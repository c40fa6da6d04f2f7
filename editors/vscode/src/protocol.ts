// Requests of the server that the protocol doesn't have: `lsp/src/custom.rs` answers them. Lines and columns are from 0.

import { Location, Position, RequestType, TextDocumentIdentifier, TextDocumentPositionParams } from 'vscode-languageclient/node';

/** A statement that had a say. */
export interface Step {
  /** `override in kcs because "…"` */
  role: string;
  /** Does it count? The others were overridden. */
  won: boolean;
  location: Location;
}

/** Why a value is what it is, in one scope. */
export interface Why {
  /** The cluster, site, machine or node. */
  scope: string;
  value: string;
  steps: Step[];
}

/** Where the value at a place of a `.kss` file comes from, and what it overrode; once for each scope that has one. */
export const why = new RequestType<TextDocumentPositionParams, Why[] | null, void>('kss/why');

export interface SourceOfParams {
  /** A document of the project, or the file of the deploy tree itself. */
  textDocument: TextDocumentIdentifier;
  /** The path in the tree, unless the document is the file. */
  path?: string;
  line: number;
}

/** What made a line of an output. */
export const sourceOf = new RequestType<SourceOfParams, Why | null, void>('kss/sourceOf');

/** A line that a statement leads to. */
export interface Generated {
  /** Below the deploy tree: `clusters/kss/helm/loki.yaml`. */
  path: string;
  line: number;
  /** The file on the disk, if it was built. */
  uri: string | null;
}

/** The lines that a place of a `.kss` file leads to. */
export const generatedOf = new RequestType<TextDocumentPositionParams, Generated[] | null, void>('kss/generatedOf');

export interface OutputsParams {
  textDocument: TextDocumentIdentifier;
  /** Of what stands there. */
  position?: Position;
  /** Or of a cluster or site, by its name. */
  scope?: string;
}

/** A file as a build would write it. */
export interface Output {
  path: string;
  /** What it has; not of files that are copied as they are. */
  text: string | null;
  /** The file on the disk, if it was built. */
  uri: string | null;
}

export const outputs = new RequestType<OutputsParams, Output[] | null, void>('kss/outputs');
