# Read by an interactive bash in place of ~/.bashrc, which it reads first. Nothing of it is exported.
[ -r ~/.bashrc ] && . ~/.bashrc
__toolruntime_nonce=@NONCE@
__toolruntime_ran=
__toolruntime_number=

__toolruntime_escape() {
  REPLY=${1//\\/\\\\}
  REPLY=${REPLY//;/\\x3b}
  REPLY=${REPLY//$'\n'/\\x0a}
  REPLY=${REPLY//$'\e'/\\x1b}
  REPLY=${REPLY//$'\a'/\\x07}
}

# What was typed, as the history has it: its number and two more characters come first.
__toolruntime_history() {
  local line
  line=$(HISTTIMEFORMAT= builtin history 1)
  line=${line#"${line%%[! ]*}"}
  REPLY_NUMBER=${line%%[!0-9]*}
  REPLY=${line#"$REPLY_NUMBER"}
  REPLY=${REPLY:2}
}

# Runs in a subshell, before each command. One that the history did not take is read from the screen.
__toolruntime_preexec() {
  local REPLY REPLY_NUMBER
  __toolruntime_history
  if [[ -n $REPLY_NUMBER && $REPLY_NUMBER != "$__toolruntime_number" ]]; then
    __toolruntime_escape "$REPLY"
    builtin printf '\e]633;E;%s;%s\a' "$REPLY" "$__toolruntime_nonce"
  fi
  builtin printf '\e]633;C\a'
}

__toolruntime_prompt() {
  local code=${__toolruntime_code:-$?} REPLY REPLY_NUMBER
  if [[ -n $__toolruntime_ran ]]; then
    builtin printf '\e]633;D;%s\a' "$code"
    __toolruntime_ran=
  fi
  __toolruntime_escape "$PWD"
  builtin printf '\e]633;P;Cwd=%s\a' "$REPLY"
  __toolruntime_history
  __toolruntime_number=$REPLY_NUMBER
  if [[ ${PS1-} != *'633;A'* ]]; then
    PS1='\[\e]633;A\a\]'${PS1-}'\[\e]633;B\a\]'
  fi
  if [[ ${PS0-} != *__toolruntime_preexec* ]]; then
    PS0='${__toolruntime_nonce:$((__toolruntime_ran=1, 0)):0}$(__toolruntime_preexec)'${PS0-}
  fi
  return "$code"
}

# Last, so that it sees the prompt that the user's own commands have made. Of an array each sees the exit code of what was typed.
if ((BASH_VERSINFO[0] > 5 || (BASH_VERSINFO[0] == 5 && BASH_VERSINFO[1] >= 1))); then
  PROMPT_COMMAND+=(__toolruntime_prompt)
  [[ -n ${PROMPT_COMMAND[0]} ]] || PROMPT_COMMAND=(__toolruntime_prompt)
else
  PROMPT_COMMAND='__toolruntime_code=$?'$'\n'"${PROMPT_COMMAND-}"$'\n''__toolruntime_prompt'
fi
