# Read by fish after its configuration.
function __toolruntime_escape
    string replace -a '\\' '\\\\' -- $argv[1] | string replace -a ';' '\x3b' | string join '\x0a' | string replace -a \e '\x1b' | string replace -a \a '\x07'
end

function __toolruntime_preexec --on-event fish_preexec
    builtin printf '\e]633;E;%s;%s\a\e]633;C\a' (__toolruntime_escape "$argv[1]") @NONCE@
end

function __toolruntime_postexec --on-event fish_postexec
    builtin printf '\e]633;D;%s\a' $status
end

function __toolruntime_prompt --on-event fish_prompt
    builtin printf '\e]633;P;Cwd=%s\a\e]633;A\a' (__toolruntime_escape $PWD)
end
