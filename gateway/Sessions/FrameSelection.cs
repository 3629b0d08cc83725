using System.Collections.Frozen;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Gateway.Sessions;

/// <summary>Chooses which of the events that a reader has not seen go into its next frame.</summary>
internal static class FrameSelection
{
    /// <summary>
    /// Moves from <paramref name="pending"/> (in order, without holes) into <paramref name="chosen"/> what the filter lets through, up to
    /// <paramref name="maxBytes"/> but at least one. A reader that lags (what waits does not fit, or the caller knows of more) gets
    /// progress only in the latest form at hand. Returns the last seq that the frame covers.
    /// </summary>
    public static long Choose(List<EncodedEvent> pending, FrozenSet<string>? types, bool lags, int maxBytes, List<EncodedEvent> chosen, string? execution = null)
    {
        long total = 0;
        foreach (var @event in pending)
        {
            if (Passes(@event, types, execution)) total += @event.Json.Length + 1;
        }

        var superseded = lags || total > maxBytes ? FindSuperseded(pending) : null;
        long taken = 0;
        foreach (var @event in pending)
        {
            if (!Passes(@event, types, execution) || superseded?.Contains(@event.Seq) == true) continue;
            if (chosen.Count > 0 && taken + @event.Json.Length + 1 > maxBytes) return @event.Seq - 1;
            chosen.Add(@event);
            taken += @event.Json.Length + 1;
        }

        return pending[^1].Seq;
    }

    /// <summary>What empties the whole session concerns each of its executions.</summary>
    private static bool Passes(EncodedEvent @event, FrozenSet<string>? types, string? execution) =>
        (types is null || types.Contains(@event.Type)) && (execution is null || @event.Target == execution || @event.Type == "session.reset");

    private static HashSet<long> FindSuperseded(List<EncodedEvent> pending)
    {
        var newer = new HashSet<(string Type, string Target)>();
        var superseded = new HashSet<long>();
        for (var i = pending.Count - 1; i >= 0; i--)
        {
            if (pending[i] is { Type: "tool.progress" or "batch.progress", Target: { } target } @event && !newer.Add((@event.Type, target)))
            {
                superseded.Add(@event.Seq);
            }
        }

        return superseded;
    }
}
