using System.Text.Json;
using ToolRuntime.ToolExecutions;
using ToolRuntime.Views;

namespace ToolRuntime.Sessions;

/// <summary>
/// How long calls took in a session: the same call, or calls of the same shape as long as they are alike. What has not been measured is not guessed.
/// Reads no more of the session than it takes to know.
/// </summary>
internal sealed class CallDurations(SessionState state)
{
    /// <summary>Runs of a shape tell nothing of the next one where they differ by more than so many times, and a second.</summary>
    private const int Alike = 3;

    private readonly Runs<(string Tool, string Arguments)> calls = new(state, static (tool, arguments) => (tool, arguments.Json));
    private readonly Runs<string> shapes = new(state, ShapeOf);

    /// <summary>Milliseconds that a call is likely to take; null where nothing says so.</summary>
    public long? Of(string tool, JsonText arguments)
    {
        if (calls.Of((tool, arguments.Json)) is { Length: > 0 } same) return Median(same);
        return shapes.Of(ShapeOf(tool, arguments)) is { Length: > 1 } some && some[^1] <= (Alike * some[0]) + 1_000 ? Median(some) : null;
    }

    private static long Median(long[] times) => times[times.Length / 2];

    /// <summary>The tool, the names of its arguments, and the first word of each text.</summary>
    private static string ShapeOf(string tool, JsonText arguments)
    {
        var element = arguments.ToElement();
        if (element.ValueKind != JsonValueKind.Object) return tool;
        var members = element.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal)
            .Select(member => member.Value.ValueKind == JsonValueKind.String ? $"{member.Name}={FirstWord(member.Value.GetString()!)}" : member.Name);
        return $"{tool} {string.Join(' ', members)}";
    }

    private static string FirstWord(string text)
    {
        var end = text.AsSpan().IndexOfAny(' ', '\n');
        return end < 0 ? text : text[..end];
    }

    /// <summary>Times by what is compared, of the newest calls; those further back are looked at only for a key of which too few are known.</summary>
    private sealed class Runs<TKey>(SessionState state, Func<string, JsonText, TKey> keyOf)
        where TKey : notnull
    {
        private const int Enough = 32;

        private readonly IEnumerator<ExecutionState> rest = Measured(state).GetEnumerator();
        private readonly Dictionary<TKey, List<long>> times = [];

        /// <summary>The shortest first.</summary>
        public long[] Of(TKey key)
        {
            List<long>? found;
            while ((!times.TryGetValue(key, out found) || found.Count < Enough) && rest.MoveNext()) Add(rest.Current);
            if (found is null) return [];
            long[] sorted = [.. found];
            Array.Sort(sorted);
            return sorted;
        }

        private void Add(ExecutionState execution)
        {
            var key = keyOf(execution.Name, execution.Arguments);
            if (!times.TryGetValue(key, out var known)) times[key] = known = [];
            known.Add(execution.ElapsedMs!.Value);
        }

        /// <summary>The newest first: those of batches of no message, then those of messages.</summary>
        private static IEnumerable<ExecutionState> Measured(SessionState state)
        {
            foreach (var batch in Newest(state))
            {
                foreach (var id in state.Batches[batch].Executions)
                {
                    if (state.Execution(id) is { Status: ExecutionStatus.Completed, ElapsedMs: not null, Metrics.Cached: not true, Tool: null } measured) yield return measured;
                }
            }
        }

        private static IEnumerable<string> Newest(SessionState state)
        {
            for (var i = state.FreeBatches.Length - 1; i >= 0; i--) yield return state.FreeBatches[i];
            for (var i = state.MessageOrder.Length - 1; i >= 0; i--)
            {
                var batches = state.Messages[state.MessageOrder[i]].Batches;
                for (var j = batches.Length - 1; j >= 0; j--) yield return batches[j];
            }
        }
    }
}
