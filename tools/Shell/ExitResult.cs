using System.Text.Json;
using ToolRuntime.Processes;
using ToolRuntime.Tools.Processes;

namespace ToolRuntime.Tools.Shell;

/// <summary>What the end of a command says.</summary>
internal static class ExitResult
{
    private const int MaxLeftovers = 20;
    private const int MaxNamed = 3;

    /// <param name="end">How it ended.</param>
    /// <param name="what">What it is to a person.</param>
    /// <param name="more">Writes more of the result.</param>
    /// <param name="said">More for the person, of a failure only: its result goes nowhere.</param>
    /// <param name="anyCode">Whether every exit code is as good.</param>
    public static ToolResult For(ProcessEnd end, string what = "command", Action<Utf8JsonWriter>? more = null, string said = "", bool anyCode = false)
    {
        var exitCode = end.ExitCode;
        var signal = ExitSignals.NameOf(exitCode);
        var result = JsonText.Object(json =>
        {
            json.WriteNumber("exitCode", exitCode);
            if (signal is not null) json.WriteString("signal", signal);
            if (end.Leftovers.Count > 0) WriteLeftovers(json, end.Leftovers);
            more?.Invoke(json);
        });
        if (exitCode == 0 || anyCode) return ToolResult.Success(result, $"exit {exitCode}{Ended(end.Leftovers)}");
        var name = signal is null ? "" : $" ({signal})";
        return ToolResult.Failure(new("exit_code", $"The {what} ended with exit code {exitCode}{name}{Ended(end.Leftovers)}.{said}"), result);
    }

    private static void WriteLeftovers(Utf8JsonWriter json, IReadOnlyList<string> leftovers)
    {
        json.WriteStartArray("leftovers");
        foreach (var command in leftovers.Take(MaxLeftovers)) json.WriteStringValue(command);
        json.WriteEndArray();
    }

    private static string Ended(IReadOnlyList<string> leftovers)
    {
        if (leftovers.Count == 0) return "";
        var more = leftovers.Count >= ToolProcess.MaxLeftovers ? " and many more" : leftovers.Count > MaxNamed ? $" and {leftovers.Count - MaxNamed} more" : "";
        return $"; what it left running was ended: {string.Join(", ", leftovers.Take(MaxNamed))}{more}";
    }
}
