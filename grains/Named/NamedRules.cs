using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;
using ToolRuntime.Tools;

namespace ToolRuntime.Named;

/// <summary>What a named process may be. Pure.</summary>
internal static class NamedRules
{
    public const int MaxProcesses = 32;
    public const int MaxCommand = 8_000;
    public const int MaxDependencies = 16;
    public const int MaxPattern = 500;
    public const int MaxBytes = 16 * 1024;
    private const int Days24 = 2_073_600_000;

    private static readonly ImmutableArray<string> StopSignals = ["SIGTERM", "SIGINT", "SIGQUIT", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGKILL"];

    /// <summary>Why a process can't be so; null: it can.</summary>
    public static Rejection? Check(string name, NamedProcessDefinition process, ImmutableArray<NamedProcess> others)
    {
        if (!EntityId.IsValid(name)) return Invalid("name must be an id: [A-Za-z0-9][A-Za-z0-9._-]{0,63}.");
        if (Fault(process) is { } fault) return Invalid(fault);
        if (SessionSize(process) > MaxBytes) return new(ErrorCode.TooLarge, $"A process's definition may take {MaxBytes} bytes.");
        if (others.All(other => other.Name != name) && others.Length >= MaxProcesses) return new(ErrorCode.QuotaExceeded, $"A session has at most {MaxProcesses} named processes.");
        foreach (var dependency in process.DependsOn ?? [])
        {
            if (dependency.Name != name && others.All(other => other.Name != dependency.Name))
            {
                return new(ErrorCode.NotFound, $"There is no process '{dependency.Name}' that '{name}' could depend on.", Details: Detail("dependency", [dependency.Name]));
            }
        }

        return Cycle(name, process, others) is { } cycle
            ? new(ErrorCode.InvalidCommand, $"The dependencies go round: {string.Join(" → ", cycle)}.", Details: Detail("cycle", cycle))
            : null;
    }

    /// <summary>The names, in order, of what a process waits for.</summary>
    public static ImmutableArray<string> Unmet(NamedProcess process, ImmutableArray<NamedProcess> all) =>
    [
        .. from dependency in process.Definition.DependsOn ?? []
           where all.FirstOrDefault(other => other.Name == dependency.Name) is not { } other || !IsMet(dependency, other)
           select dependency.Name,
    ];

    /// <summary>Whether a process is as far as another needs it to be. Without a readiness check it is ready as soon as it runs.</summary>
    public static bool IsMet(NamedDependency dependency, NamedProcess other) => (dependency.Condition ?? NamedCondition.Started) switch
    {
        NamedCondition.Completed => other.State == NamedProcessState.Completed,
        NamedCondition.Ready => other.State == NamedProcessState.Ready || (other.State == NamedProcessState.Running && other.Definition.Ready is null),
        _ => other.State is NamedProcessState.Running or NamedProcessState.Ready or NamedProcessState.Completed,
    };

    private static string? Fault(NamedProcessDefinition process)
    {
        if (string.IsNullOrWhiteSpace(process.Command) || process.Command.Length > MaxCommand || process.Command.Contains('\0', StringComparison.Ordinal))
        {
            return $"command must have 1 to {MaxCommand} characters.";
        }

        if (process.Terminal is { IsPossible: false }) return $"terminal.cols and terminal.rows must be 1 to {TerminalSize.Most}.";
        if (process.Environment is { } variables && !IsTexts(variables.ToElement())) return "environment must be an object of texts.";
        return (process.Restart is { } restart ? FaultOf(restart) : null)
            ?? (process.Ready is { } ready ? FaultOf(ready) : null)
            ?? FaultOf(process.DependsOn ?? [])
            ?? (process.Stop?.Signal is { } signal && !StopSignals.Contains(signal) ? $"stop.signal must be one of {string.Join(", ", StopSignals)}." : null)
            ?? Range("stop.graceMs", process.Stop?.GraceMs, 0, 600_000)
            ?? Range("idleMs", process.IdleMs, 1_000, Days24)
            ?? Range("totalMs", process.TotalMs, 1_000, Days24);
    }

    private static string? FaultOf(NamedRestart restart) =>
        Range("restart.maxRestarts", restart.MaxRestarts, 0, 1_000)
        ?? Range("restart.backoffMs", restart.BackoffMs, 10, 3_600_000)
        ?? Range("restart.maxBackoffMs", restart.MaxBackoffMs, 10, 3_600_000)
        ?? Range("restart.resetAfterMs", restart.ResetAfterMs, 100, 86_400_000);

    private static string? FaultOf(NamedReadiness ready)
    {
        if (ready.Pattern is null == ready.Port is null) return "ready needs either a pattern or a port.";
        if (ready.Pattern is { } pattern && PatternFault(pattern) is { } fault) return fault;
        if (ready.Path is { } path && (ready.Port is null || !path.StartsWith('/') || path.Length > MaxPattern || path.AsSpan().ContainsAnyInRange('\0', ' ')))
        {
            return $"ready.path needs a port, begins with / and has at most {MaxPattern} characters.";
        }

        return Range("ready.port", ready.Port, 1, 65_535)
            ?? Range("ready.intervalMs", ready.IntervalMs, 100, 60_000)
            ?? Range("ready.timeoutMs", ready.TimeoutMs, 100, 3_600_000);
    }

    private static string? PatternFault(string pattern)
    {
        if (pattern.Length is 0 or > MaxPattern) return $"ready.pattern must have 1 to {MaxPattern} characters.";
        try
        {
            _ = new Regex(pattern, RegexOptions.NonBacktracking);
            return null;
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            return "ready.pattern is no regular expression that can be used (look-around and references back are not supported).";
        }
    }

    private static string? FaultOf(ImmutableArray<NamedDependency> dependencies) =>
        dependencies.Length > MaxDependencies
        || dependencies.Any(dependency => dependency is null || !EntityId.IsValid(dependency.Name))
        || dependencies.DistinctBy(dependency => dependency.Name).Count() < dependencies.Length
            ? $"dependsOn must hold at most {MaxDependencies} processes, each once."
            : null;

    private static bool IsTexts(JsonElement variables) =>
        variables.ValueKind == JsonValueKind.Object && variables.EnumerateObject().All(variable => variable.Value.ValueKind == JsonValueKind.String);

    private static string? Range(string field, int? value, int least, int most) => value is { } number && (number < least || number > most) ? $"{field} must be {least} to {most}." : null;

    /// <summary>The way from the process back to itself, if there is one; what others depend on has none of its own.</summary>
    private static ImmutableArray<string>? Cycle(string name, NamedProcessDefinition process, ImmutableArray<NamedProcess> others)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return Walk(process.DependsOn ?? [], [name]);

        ImmutableArray<string>? Walk(ImmutableArray<NamedDependency> dependencies, ImmutableArray<string> way)
        {
            foreach (var dependency in dependencies)
            {
                if (dependency.Name == name) return way.Add(name);
                if (!seen.Add(dependency.Name) || others.FirstOrDefault(other => other.Name == dependency.Name) is not { } next) continue;
                if (Walk(next.Definition.DependsOn ?? [], way.Add(next.Name)) is { } found) return found;
            }

            return null;
        }
    }

    private static int SessionSize(NamedProcessDefinition process) => JsonSerializer.SerializeToUtf8Bytes(process, WireJsonContext.Default.NamedProcessDefinition).Length;

    private static JsonText Detail(string name, ImmutableArray<string> names) => JsonText.Object(json =>
    {
        json.WriteStartArray(name);
        foreach (var each in names) json.WriteStringValue(each);
        json.WriteEndArray();
    });

    private static Rejection Invalid(string message) => new(ErrorCode.InvalidCommand, message);
}
