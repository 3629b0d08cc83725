using System.Globalization;

namespace ToolRuntime.Tools.Processes;

/// <summary>
/// Stands between a silo and its watchdog: passes on what the silo says as long as the silo feeds it. A silo that hangs does not; then this ends, which for the
/// watchdog is as if the silo had died.
/// </summary>
internal static class WatchdogLease
{
    /// <summary>What the silo says to be known as alive.</summary>
    public static readonly byte[] Feed = ".\n"u8.ToArray();

    /// <summary>How often it says so.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromMilliseconds(250);

    private const int Ticks = 6;

    // The clock begins with the first feed. It is one process for good, and waits for each of its own, so that nobody else has to.
    private const string Keeper = """
        trap '' INT HUP TERM QUIT TSTP USR1
        cd /
        clock=
        while IFS= read -r line; do
          case $line in
            .) if [ -n "$clock" ]; then kill -USR1 "$clock"; else
                 (
                   trap 'missed=0' USR1
                   missed=0
                   while [ "$missed" -lt "$2" ]; do
                     sleep "$1"
                     missed=$((missed + 1))
                     kill -0 $$ || exit
                   done
                   kill -KILL $$
                 ) </dev/null >/dev/null 2>&1 & clock=$!
               fi ;;
            *) printf '%s\n' "$line" ;;
          esac
        done
        [ -z "$clock" ] || kill -KILL "$clock"
        """;

    private const string Pipeline = """
        trap '' INT HUP TERM QUIT TSTP
        keeper=$1 tick=$2 ticks=$3
        shift 3
        exec 2>/dev/null
        /bin/sh -c "$keeper" toolruntime-lease "$tick" "$ticks" | "$@"
        """;

    /// <summary>The command that runs a watchdog's behind the lease; that one's own where there is none.</summary>
    public static string[] Before(string[] watchdog, RunnerLease? lease)
    {
        if (lease is null) return watchdog;
        var tick = (lease.Length / Ticks).TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture);
        return ["/bin/sh", "-c", Pipeline, "toolruntime-watchdog", Keeper, tick, Ticks.ToString(CultureInfo.InvariantCulture), .. watchdog];
    }
}
