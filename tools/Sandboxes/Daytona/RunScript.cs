using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using ToolRuntime.Tools.Processes;

namespace ToolRuntime.Tools.Sandboxes.Daytona;

/// <summary>
/// The command that a sandbox really runs: it starts the tool's own in a process group, ends that group, and tells by a random token on both streams how it went. Daytona's log
/// adds a line's end to whatever stands last, and loses NUL characters.
/// </summary>
internal static class RunScript
{
    /// <summary>How a tool's command can end without having been started.</summary>
    public const string NoFolder = "folder", Outside = "outside", NoProgram = "program", NoSource = "source", Again = "again";

    // $1 token  $2 workspace  $3 folder in it  $4 minutes without a sign of the silo  $5 tenths of a second that what is left may go on  $6 none, given or typed input
    // $7 name of the source  $8 program  $9 mark; then the command. Open: 3 the source, 4 the input that is given.
    private const string Script = """
        t=$1 root=$2 folder=$3 lease=$4 quiet=$5 mode=$6 source=$7 program=$8 mark=$9; shift 9
        d=/tmp/.toolruntime/$t
        made=
        clean() { [ -z "$made" ] || rm -f "$made"; [ -z "$d" ] || rm -rf "$d"; }
        tell() { clean; printf '%s:%s:\n' "$t" "$1"; printf '%s:end:\n' "$t" >&2; exit 0; }
        (umask 077; mkdir -p /tmp/.toolruntime && mkdir "$d") 2>/dev/null || { d=; tell again; }
        : > "$d/beat"
        cd "$root/$folder" 2>/dev/null || tell folder
        case $(pwd -P)/ in "$root"/*) ;; *) tell outside ;; esac
        command -v "$program" >/dev/null 2>&1 || tell program
        if [ -n "$source" ]; then
          { rm -f "./$source" && base64 -d <&3 > "./$source"; } 2>/dev/null || tell source
          made=$(pwd -P)/$source
        fi
        feeder=
        in=/dev/null
        if [ "$mode" != none ]; then
          in=$d/in
          mkfifo "$in"
          exec 5<&0
          setsid sh -c 'exec >"$1" 2>/dev/null; base64 -d <&4; [ "$2" = typed ] || exit 0
            while IFS= read -r line; do [ "$line" = . ] && exit 0; printf %s "$line" | base64 -d; done' feeder "$in" "$mode" <&5 3<&- &
          feeder=$!
          echo "$feeder" > "$d/feeder"
          exec 5<&-
        fi
        setsid sh -c 'while sleep 5 && [ -d "$1" ]; do
            [ -n "$(find "$1/beat" -mmin "-$2" 2>/dev/null)" ] || { kill -s KILL -- "-$(cat "$1/pid")"; exit 0; }
          done' timer "$d" "$lease" </dev/null >/dev/null 2>&1 3<&- 4<&- &
        timer=$!
        echo "$timer" > "$d/timer"
        setsid sh -c 'd=$1; shift; echo $$ > "$d/pid"; [ -e "$d/stop" ] && exit 143; exec "$@"' run "$d" "$@" <"$in" 3<&- 4<&-
        code=$?
        p=$(cat "$d/pid" 2>/dev/null) left=0 n=0
        alive() { [ -n "$p" ] && kill -s 0 -- "-$p" 2>/dev/null; }
        while alive && [ $n -lt "$quiet" ]; do sleep 0.1; n=$((n+1)); done
        if alive; then left=1; kill -s KILL -- "-$p" 2>/dev/null; fi
        for f in $(grep -lzxs "TOOLRUNTIME_EXECUTION=$mark" /proc/[0-9]*/environ); do
          f=${f#/proc/} left=1
          kill -s KILL "${f%/environ}" 2>/dev/null
        done
        kill -s KILL -- "-$timer" 2>/dev/null
        [ -z "$feeder" ] || kill -s KILL -- "-$feeder" 2>/dev/null
        tell "exit:$code:$left"
        """;

    // $1 token  $2 BEAT, STOP, CONT or END  $3 mark
    private const string SignalScript = """
        d=/tmp/.toolruntime/$1
        [ -d "$d" ] || exit 0
        [ "$2" != BEAT ] || { touch "$d/beat"; exit 0; }
        [ "$2" != END ] || : > "$d/stop"
        p=$(cat "$d/pid" 2>/dev/null) || exit 0
        if [ "$2" != END ]; then kill -s "$2" -- "-$p"; exit 0; fi
        kill -s TERM -- "-$p"
        kill -s CONT -- "-$p"
        n=0
        while kill -s 0 -- "-$p" && [ $n -lt 20 ]; do sleep 0.1; n=$((n+1)); done
        kill -s KILL -- "-$p"
        for f in $(grep -lzxs "TOOLRUNTIME_EXECUTION=$3" /proc/[0-9]*/environ); do
          f=${f#/proc/}
          kill -s KILL "${f%/environ}"
        done
        for other in timer feeder; do
          o=$(cat "$d/$other" 2>/dev/null) && kill -s KILL -- "-$o"
        done
        rm -rf "$d"
        exit 0
        """;

    /// <summary>How long a command runs on without a sign that its silo is alive, minutes; it gives one each minute.</summary>
    private const string Lease = "3";

    /// <summary>The command line that does all that.</summary>
    /// <param name="command">What the tool wants to run.</param>
    /// <param name="token">Random.</param>
    /// <param name="mark">A variable of all that it starts, by which what leaves its process group is found.</param>
    /// <param name="workspace">The workspace's path there.</param>
    /// <param name="folder">The folder in it.</param>
    public static string Of(SandboxCommand command, string token, string mark, string workspace, string folder)
    {
        var mode = command.TakesInput ? "typed" : command.Input.IsEmpty ? "none" : "given";
        ImmutableArray<string> arguments =
        [
            token, workspace, folder, Lease, Math.Ceiling(command.Drain.Quiet.TotalSeconds * 10).ToString(CultureInfo.InvariantCulture), mode, command.Source?.Name ?? "", command.File, mark,
            "env", $"TOOLRUNTIME_EXECUTION={mark}", .. command.Environment.Select(variable => $"{variable.Key}={variable.Value}"), command.File, .. command.Arguments,
        ];
        var source = Encoding.UTF8.GetBytes(command.Source?.Text ?? "");
        return $"{ShellQuote.Script(Script, arguments)} 3<<'END' 4<<'END'\n{Lines(source)}END\n{Lines(command.Input.Span)}END\n";
    }

    /// <summary>Ends, stops or continues what a token names, or tells it that its silo is alive. May be repeated.</summary>
    public static Task SignalAsync(DaytonaToolbox toolbox, string token, string mark, string signal, CancellationToken cancellationToken) =>
        toolbox.ExecuteAsync(SignalScript, ToolProcess.Grace, cancellationToken, token, signal, mark);

    private static string Lines(ReadOnlySpan<byte> bytes) => bytes.IsEmpty ? "" : Convert.ToBase64String(bytes, Base64FormattingOptions.InsertLineBreaks).ReplaceLineEndings("\n") + "\n";
}
