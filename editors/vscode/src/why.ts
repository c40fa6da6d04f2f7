// Answers to "why" as Markdown. Nothing here knows the editor.

import { Step, Why } from './protocol';

/** Signs that Markdown would take for its own. */
function plain(text: string): string {
  return text.replace(/[\\`*_{}[\]<>()#+!|~-]/g, '\\$&');
}

/** Code, whatever stands in it. */
function code(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${longest > 0 ? ` ${text} ` : text}${fence}`;
}

function line(step: Step, shown: (uri: string) => string): string {
  const { uri, range } = step.location;
  const number = range.start.line + 1;
  const place = `[${plain(`${shown(uri)}:${number}`)}](${uri}#L${number})`;
  return step.won ? `- **${plain(step.role)}**, ${place}` : `- ~~${plain(step.role)}~~, ${place}`;
}

/** The answers for all scopes; `shown` says how a file is named. */
export function markdown(answers: Why[], shown: (uri: string) => string): string {
  const one = ({ scope, value, steps }: Why) => {
    const shownValue = value.includes('\n') ? `\n\n\`\`\`\`\n${value}\n\`\`\`\`\n` : ` ${code(value)}\n`;
    return `### ${plain(scope)}\n${shownValue}\n${steps.map((step) => line(step, shown)).join('\n')}\n`;
  };
  return answers.map(one).join('\n');
}

/** Statements in the order of interest: those that count first. */
export function byInterest(steps: Step[]): Step[] {
  return [...steps.filter((step) => step.won), ...steps.filter((step) => !step.won)];
}

/** The scope whose outputs hold `path`, where the path tells. */
export function scopeOf(path: string): string | undefined {
  return /^clusters\/([^/]+)\//.exec(path)?.[1];
}
