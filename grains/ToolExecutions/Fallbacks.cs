namespace ToolRuntime.ToolExecutions;

/// <summary>Which tool takes over a call whose tool can't, and what is said of it. Pure.</summary>
internal static class Fallbacks
{
    private const int Tries = 3;
    private const int MaxReason = 300;

    /// <summary>The next tool that fits the call; null where there is none.</summary>
    public static FallbackPlan? Next(ExecutionPlan plan)
    {
        foreach (var fallback in plan.Fallbacks ?? [])
        {
            if (fallback.Misfit is null) return fallback;
        }

        return null;
    }

    /// <summary>The execution as the next tool's: its own time-outs and tries, and no approval but its own.</summary>
    public static ExecutionState TakeOver(ExecutionState state, string tool, ToolError error)
    {
        var before = $"{state.Before}{(state.Before is null ? "" : " ")}'{state.Runs}' failed: {Short(error.Message)}";
        var taken = state with { Tool = tool, Before = before, EarlierAttempts = state.Attempt, Approved = false, FirstStartedAt = null };
        var all = state.Plan.Fallbacks ?? [];
        for (var i = 0; i < all.Length; i++)
        {
            if (all[i].Tool != tool) continue;
            var next = all[i];
            return taken with
            {
                Plan = state.Plan with
                {
                    TimeoutMs = next.TimeoutMs,
                    Idempotent = next.Idempotent,
                    NeedsApproval = next.NeedsApproval,
                    StartsProcess = next.StartsProcess,
                    TotalMs = next.TotalMs,
                    MaxAttempts = state.Attempt + Tries,
                    UsualMs = null,
                    Fallbacks = all.RemoveRange(0, i + 1),
                },
            };
        }

        return taken;
    }

    /// <summary>What <c>tool.started</c> says runs: nothing where there was and is no choice.</summary>
    public static string? Named(ExecutionState state) => state.Tool ?? (state.Plan.Fallbacks is { IsEmpty: false } ? state.Name : null);

    /// <summary>The error that ends the execution, with the tools that could not take over, and those that failed before.</summary>
    public static ToolError Told(ExecutionState state, ToolError error)
    {
        var skipped = error.Retryable ? Skipped(state.Plan) : "";
        var before = state.Before is { } others ? $" Before it, {others}" : "";
        return skipped.Length + before.Length == 0 ? error : error with { Message = error.Message + skipped + before };
    }

    /// <summary>A sentence for each tool that is passed over before the next one that fits.</summary>
    public static string Skipped(ExecutionPlan plan)
    {
        var words = "";
        foreach (var fallback in plan.Fallbacks ?? [])
        {
            if (fallback.Misfit is not { } why) break;
            words += $" '{fallback.Tool}' was not tried: {Short(why)}.";
        }

        return words;
    }

    private static string Short(string text) => text.Length <= MaxReason ? text : text[..(char.IsHighSurrogate(text[MaxReason - 1]) ? MaxReason - 1 : MaxReason)] + "…";
}
