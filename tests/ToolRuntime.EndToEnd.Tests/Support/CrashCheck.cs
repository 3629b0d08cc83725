namespace ToolRuntime.EndToEnd.Tests.Support;

/// <summary>
/// Whether a record shows what must follow when the server dies. Events of a dead server were decided before its death, and those of the next one after it,
/// so the time of an event tells on which side it is.
/// </summary>
internal static class CrashCheck
{
    private const int MostAttempts = 3;

    /// <summary>
    /// Verifies the whole record; gives how many attempts were interrupted. In a cluster (<paramref name="longestDelayMs"/>) the next attempt waits until nothing
    /// of the one before can run any more, and attempts of other silos than the one that died go on.
    /// </summary>
    public static int Verify(SessionRecord record, IReadOnlyList<DateTimeOffset> deaths, long longestDelayMs = 0)
    {
        record.Verify();
        var idempotent = record.Events.Where(e => e.Type == "batch.started")
            .SelectMany(e => e.Json.GetProperty("tools").EnumerateArray())
            .Where(tool => tool.GetProperty("name").GetString() != "shell" || tool.GetProperty("arguments").TryGetProperty("idempotent", out _))
            .Select(tool => tool.GetProperty("executionId").GetString()!).ToHashSet();
        return record.Events.Where(e => e.ExecutionId is not null).GroupBy(e => e.ExecutionId!).Sum(events => VerifyExecution(events, idempotent.Contains(events.Key), deaths, longestDelayMs));
    }

    private static int VerifyExecution(
        IEnumerable<RecordedEvent> events, bool idempotent, IReadOnlyList<DateTimeOffset> deaths, long longestDelayMs)
    {
        var interrupted = 0;
        RecordedEvent? before = null;
        var executing = false;
        foreach (var happened in events)
        {
            var died = executing && deaths.Any(death => before!.At <= death && death < happened.At);
            if (died && (longestDelayMs == 0 || happened.ErrorCode == "runner_lost"))
            {
                interrupted++;
                VerifyLoss(happened, idempotent, longestDelayMs);
            }
            else if (happened.ErrorCode == "runner_lost")
            {
                throw new ProtocolViolationException($"No server died between {before} and {happened}");
            }

            executing = happened.Type == "tool.started" || (executing && happened.Type != "tool.retry" && !happened.EndsTool);
            before = happened;
        }

        return interrupted;
    }

    private static void VerifyLoss(RecordedEvent happened, bool idempotent, long longestDelayMs)
    {
        var expected = happened.Type switch
        {
            "tool.cancelled" => true,
            "tool.retry" => idempotent && happened.ErrorCode == "runner_lost" && happened.Number("delayMs") <= longestDelayMs,
            "tool.failed" => (!idempotent || happened.Attempt >= MostAttempts) && happened.ErrorCode == "runner_lost",
            _ => false,
        };
        if (!expected) throw new ProtocolViolationException($"Expected the loss of {(idempotent ? "an idempotent" : "a not idempotent")} attempt, but got {happened}");
    }
}
