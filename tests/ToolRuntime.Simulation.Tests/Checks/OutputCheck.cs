using System.Text;
using ToolRuntime.Events;
using ToolRuntime.Simulation.Tests.Story;

namespace ToolRuntime.Simulation.Tests.Checks;

/// <summary>Each attempt was run by one runner at most, and what the log has of it is what that one said: in order, without repetition, and whole where it ended well.</summary>
internal sealed class OutputCheck(IReadOnlyList<ToolRun> runs, bool wentBack)
{
    private readonly List<string> wrong = [];

    public List<string> Check(IEnumerable<SessionEvent> events)
    {
        var byAttempt = runs.ToLookup(run => (run.Execution, run.Attempt));
        // A log that went back has lost output, and may have the same attempt begun again.
        if (wentBack) return wrong;
        wrong.AddRange(byAttempt.Where(attempt => attempt.Count() > 1).Select(attempt => $"{attempt.Key} was run {attempt.Count()} times."));
        var texts = new Dictionary<(string, int), StringBuilder>();
        foreach (var happened in events)
        {
            var key = (happened.ExecutionId ?? "", happened.Attempt ?? 0);
            if (happened is ToolOutput output) Add(texts, key, output);
            else if (happened is ToolCompleted completed) CheckEnd(completed, byAttempt[key], texts.GetValueOrDefault(key)?.ToString() ?? "");
        }

        foreach (var (key, text) in texts)
        {
            if (!byAttempt[key].Any(run => run.Written.StartsWith(text.ToString(), StringComparison.Ordinal) || text.ToString().StartsWith(run.Written, StringComparison.Ordinal)))
                wrong.Add($"{key} said '{text}' by the log, and {string.Join(" or ", byAttempt[key].Select(run => $"'{run.Written}'"))} by itself.");
        }

        return wrong;
    }

    private void Add(Dictionary<(string, int), StringBuilder> texts, (string, int) key, ToolOutput output)
    {
        if (!texts.TryGetValue(key, out var text)) texts[key] = text = new();
        if (output.Offset != text.Length) wrong.Add($"{output.Seq}: output of {key} at {output.Offset}, after {text.Length} bytes.");
        text.Append(output.Text);
    }

    private void CheckEnd(ToolCompleted completed, IEnumerable<ToolRun> attempt, string text)
    {
        var run = attempt.FirstOrDefault(run => completed.Result.Json == $$"""{"run":{{run.Number}}}""");
        if (run is null or { Outcome: not "succeeds" }) wrong.Add($"{completed.Seq}: {completed.ExecutionId} completed with {completed.Result.Json}, which no runner of attempt {completed.Attempt} said.");
        else if (run.Written != text) wrong.Add($"{completed.Seq}: {completed.ExecutionId} completed with '{text}' of '{run.Written}'.");
    }
}
