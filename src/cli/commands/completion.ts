import { Argument, type Command } from 'commander';
import { emit } from '../output.ts';

/** Completion scripts are made from the commands themselves, so that they cannot fall behind. */
export function registerCompletion(program: Command): void {
  program
    .command('completion')
    .description('write a completion script for a shell')
    .addArgument(new Argument('<shell>').choices(['bash', 'zsh', 'fish']))
    .addHelpText(
      'after',
      '\nExamples:\n  mmudelta completion bash >~/.local/share/bash-completion/completions/mmudelta\n  mmudelta completion fish >~/.config/fish/completions/mmudelta.fish',
    )
    .action((shell: string) => {
      const found = describe(program, []);
      emit(shell === 'fish' ? fishScript(found) : bashScript(found, shell === 'zsh'), null);
    });
}

interface Described {
  /** Names from the top: `[]`, `['hook']`, `['hook', 'install']`. */
  readonly path: readonly string[];
  readonly description: string;
  readonly subcommands: readonly string[];
  readonly options: readonly {
    readonly flags: readonly string[];
    readonly description: string;
    readonly takesValue: boolean;
    readonly choices: readonly string[];
  }[];
  readonly choices: readonly string[];
}

function describe(command: Command, path: readonly string[]): Described[] {
  const options = command.createHelp().visibleOptions(command);
  const own: Described = {
    path,
    description: command.description(),
    subcommands: command.commands.map(sub => sub.name()),
    options: options.map(option => ({
      flags: [option.short, option.long].filter(flag => flag !== undefined && flag !== null),
      description: option.description,
      takesValue: option.required || option.optional,
      choices: option.argChoices ?? [],
    })),
    choices: command.registeredArguments.flatMap(argument => argument.argChoices ?? []),
  };
  return [own, ...command.commands.flatMap(sub => describe(sub, [...path, sub.name()]))];
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function bashScript(commands: readonly Described[], zsh: boolean): string {
  const words = commands.map(({ path, subcommands, options, choices }) => {
    const list = [...subcommands, ...choices, ...options.flatMap(option => option.flags)];
    return `    ${quote(path.join(' '))}) words=${quote(list.join(' '))} ;;`;
  });
  const values = commands.flatMap(({ path, options }) =>
    options
      .filter(option => option.choices.length > 0)
      .flatMap(option =>
        option.flags.map(
          flag =>
            `    ${quote([...path, flag].join(' '))}) words=${quote(option.choices.join(' '))}; flags= ;;`,
        ),
      ),
  );
  const names = commands.filter(c => c.path.length > 0).map(c => quote(c.path.join(' ')));
  return `${zsh ? '#compdef mmudelta\nautoload -U +X bashcompinit && bashcompinit\n' : ''}_mmudelta() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]}
  local at= next= words= flags=1 i
  for ((i = 1; i < COMP_CWORD; i++)); do
    next="\${at:+$at }\${COMP_WORDS[i]}"
    case $next in
    ${names.join('|')}) at=$next ;;
    esac
  done
  case $at in
${words.join('\n')}
  esac
  case "\${at:+$at }$previous" in
${values.join('\n')}
  esac
  COMPREPLY=()
  if [[ -z $flags || $current == -* || -z $at || $at == hook ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  fi
  if [[ -n $flags && \${#COMPREPLY[@]} -eq 0 ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$current") $(compgen -f -- "$current"))
  fi
}
complete -o filenames -F _mmudelta mmudelta
`;
}

function fishScript(commands: readonly Described[]): string {
  const lines: string[] = [];
  for (const { path, options, choices } of commands) {
    const when =
      path.length === 0
        ? '__fish_use_subcommand'
        : path.map(name => `__fish_seen_subcommand_from ${name}`).join('; and ');
    const parent = commands.filter(c => c.path.length === path.length + 1);
    for (const sub of parent.filter(c => path.every((name, i) => c.path[i] === name))) {
      const description = quote(sub.description);
      lines.push(`complete -c mmudelta -n ${quote(when)} -a ${sub.path.at(-1)} -d ${description}`);
    }
    if (choices.length > 0) {
      lines.push(`complete -c mmudelta -f -n ${quote(when)} -a ${quote(choices.join(' '))}`);
    }
    for (const option of options) {
      const flags = option.flags.map(f =>
        f.startsWith('--') ? `-l ${f.slice(2)}` : `-s ${f.slice(1)}`,
      );
      const value =
        option.choices.length > 0
          ? ` -x -a ${quote(option.choices.join(' '))}`
          : option.takesValue
            ? ' -r'
            : '';
      lines.push(
        `complete -c mmudelta -n ${quote(when)} ${flags.join(' ')}${value} -d ${quote(option.description)}`,
      );
    }
  }
  return `${lines.join('\n')}\n`;
}
