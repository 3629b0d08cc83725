namespace ToolRuntime.Tools.Processes;

/// <summary>
/// The watchdog's program, for any POSIX shell. <c>$1</c> is the variable, with its value, that marks all processes of the silo;
/// <c>$2</c>, where it is not empty, the control group that holds them; what follows are those of other hierarchies that they are in too.
/// </summary>
internal static class WatchdogScript
{
    /// <summary>What it prints once it can take lines.</summary>
    public const string Ready = "ready";

    // It keeps nothing open that it was not given: its stdin is the only thing that tells it of the silo's end.
    // The second part finds what left its process group (setsid), the third, by its mark, what is in no control group either; they repeat because a process
    // can be forked between two looks. The environment of a process that forks can be read only when it is done, so marks come last.
    public const string Text = """
        trap '' INT HUP TERM QUIT TSTP
        cd /
        echo ready
        exec >/dev/null 2>&1
        live=' '
        while IFS= read -r line; do
          group=${line#?}
          case $line in
            +*) live="$live$group " ;;
            -*) case $live in *" $group "*) live="${live%%" $group "*} ${live#*" $group "}" ;; esac ;;
          esac
        done
        for group in $live; do kill -KILL "-$group"; done
        pass=0
        while [ -n "$2" ] && [ -d "$2" ] && [ "$pass" -lt 50 ]; do
          pass=$((pass + 1))
          [ "$pass" -lt 40 ] || sleep 1
          echo 1 >"$2/cgroup.kill"
          for pid in $(cat "$2"/*/cgroup.procs); do kill -KILL "$pid"; done
          rmdir "$2"/*/
          rmdir "$2"
        done
        pass=0
        while [ "$pass" -lt 50 ]; do
          pass=$((pass + 1))
          found=$(grep -lF "$1" /proc/[0-9]*/environ)
          [ -n "$found" ] || break
          for file in $found; do pid=${file#/proc/}; kill -KILL "${pid%/environ}"; done
        done
        shift 2
        for other; do rmdir "$other"/*/ "$other"; done
        """;
}
