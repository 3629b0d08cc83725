# Read by zsh as .zshenv of a folder that is gone right after; the user's own files are read from where they are.
command rm -rf -- "$ZDOTDIR"
if (( ${+TOOLRUNTIME_ZDOTDIR} )); then
  ZDOTDIR=$TOOLRUNTIME_ZDOTDIR
  unset TOOLRUNTIME_ZDOTDIR
else
  unset ZDOTDIR
fi
[[ -r ${ZDOTDIR:-$HOME}/.zshenv ]] && source "${ZDOTDIR:-$HOME}/.zshenv"

if [[ -o interactive ]]; then
  typeset -g __toolruntime_nonce=@NONCE@ __toolruntime_ran= __toolruntime_code=0
  : ${PROMPT_EOL_MARK=}

  __toolruntime_escape() {
    REPLY=${1//\\/\\\\}
    REPLY=${REPLY//;/\\x3b}
    REPLY=${REPLY//$'\n'/\\x0a}
    REPLY=${REPLY//$'\e'/\\x1b}
    REPLY=${REPLY//$'\a'/\\x07}
  }

  __toolruntime_preexec() {
    local REPLY
    __toolruntime_escape "$1"
    builtin printf '\e]633;E;%s;%s\a\e]633;C\a' "$REPLY" "$__toolruntime_nonce"
    __toolruntime_ran=1
  }

  __toolruntime_status() {
    __toolruntime_code=$?
  }

  # Last, so that it sees the prompt that the user's own functions have made.
  __toolruntime_prompt() {
    local REPLY
    if [[ -n $__toolruntime_ran ]]; then
      builtin printf '\e]633;D;%s\a' "$__toolruntime_code"
      __toolruntime_ran=
    fi
    __toolruntime_escape "$PWD"
    builtin printf '\e]633;P;Cwd=%s\a' "$REPLY"
    [[ $PS1 == *'633;A'* ]] || PS1=$'%{\e]633;A\a%}'$PS1$'%{\e]633;B\a%}'
    precmd_functions=(__toolruntime_status ${${precmd_functions:#__toolruntime_prompt}:#__toolruntime_status} __toolruntime_prompt)
  }

  typeset -ga precmd_functions preexec_functions
  precmd_functions+=(__toolruntime_status __toolruntime_prompt)
  preexec_functions+=(__toolruntime_preexec)
fi
