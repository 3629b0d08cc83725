using System.Collections.Immutable;
using ToolRuntime.Events;
using ToolRuntime.SessionLog;
using ToolRuntime.ToolExecutions;

namespace ToolRuntime.Sessions;

/// <summary>Replaces output in the log by how much it was. May be repeated.</summary>
internal static class EmptiedOutput
{
    private static readonly LogReadLimits Page = new(1_000, 1 << 20);

    /// <summary>Empties what is asked for up to <paramref name="head"/>; returns how far it came.</summary>
    /// <exception cref="SessionLogUnavailableException">It could not be done now.</exception>
    public static async Task<IReadOnlyCollection<StreamToEmpty>> RunAsync(OpenLog open, string token, long head, IReadOnlyList<StreamToEmpty> due)
    {
        var streams = due.ToDictionary(d => (d.ExecutionId, d.Attempt, d.Stream));
        var unfinished = streams.Keys.ToHashSet();
        var executions = due.Select(d => d.ExecutionId).ToHashSet();
        var after = due.Min(d => d.AfterSeq);
        while (after < head && unfinished.Count > 0)
        {
            var page = await open.Log.ReadAsync(open.Session, after, Page);
            if (page.Entries.IsEmpty) break;
            var blanks = ImmutableArray.CreateBuilder<LogEntry>();
            foreach (var entry in page.Entries)
            {
                if (entry.Event.Type != "tool.output" || entry.Event.Target is not { } target || !executions.Contains(target)) continue;
                var (happened, note) = SessionEncoding.Decode(entry);
                if (happened is not ToolOutput output) continue;
                var key = (target, output.Attempt ?? 0, output.Stream);
                if (!unfinished.Contains(key)) continue;
                var raw = OutputTail.TextOf(output).Raw;
                if (output.Offset + raw > streams[key].To)
                {
                    unfinished.Remove(key);
                    continue;
                }

                streams[key] = streams[key] with { AfterSeq = Math.Max(streams[key].AfterSeq, output.Seq) };
                if (raw > 0 && output.Offset >= streams[key].From) blanks.Add(Blank(output, raw, note));
            }

            after = page.Entries[^1].Event.Seq;
            if (blanks.Count > 0 && !await open.Log.ReplaceAsync(open.Session, token, blanks.DrainToImmutable()))
            {
                throw new SessionLogUnavailableException("The session has another writer.");
            }
        }

        return streams.Values;
    }

    private static LogEntry Blank(ToolOutput output, long raw, EntryNote? note) =>
        SessionEncoding.Encode([(output with { Text = null, Base64 = null, Dropped = raw + (output.Dropped ?? 0) }, note)])[0];
}
