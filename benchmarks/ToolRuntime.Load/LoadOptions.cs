namespace ToolRuntime.Load;

/// <summary>What to run and where; from the command line.</summary>
internal sealed record LoadOptions
{
    public const string Usage = """
        usage: ToolRuntime.Load [all | scenario ..] [options]
          --gateway <file>   the built gateway; default: the Release build in artifacts/
          --data <folder>    where the servers' data goes, on a disk; default: artifacts/load
          --out <file>       writes the figures as JSON
          --seconds <n>      length of the scenarios that run for a time; default 15
          --quick            a fifth of the repetitions
               ToolRuntime.Load idle-sessions [sessions] [events]
          what idle sessions cost Redis, and after they have moved to PostgreSQL; starts both (default 10000 sessions of 50 events)
        """;

    public IReadOnlyList<string> Scenarios { get; private init; } = ["all"];
    public string? Gateway { get; private init; }
    public string? Data { get; private init; }
    public string? Out { get; private init; }
    public TimeSpan Duration { get; private init; } = TimeSpan.FromSeconds(15);
    public bool Quick { get; private init; }

    /// <summary>So many repetitions, or a fifth of them.</summary>
    public int Times(int repetitions) => Quick ? Math.Max(3, repetitions / 5) : repetitions;

    public static LoadOptions? Parse(string[] args, out string? problem)
    {
        var (options, names) = (new LoadOptions(), new List<string>());
        problem = null;
        for (var i = 0; i < args.Length; i++)
        {
            var value = i + 1 < args.Length ? args[i + 1] : "";
            switch (args[i])
            {
                case "--quick":
                    options = options with { Quick = true };
                    continue;
                case "--gateway":
                    options = options with { Gateway = value };
                    break;
                case "--data":
                    options = options with { Data = value };
                    break;
                case "--out":
                    options = options with { Out = value };
                    break;
                case "--seconds" when double.TryParse(value, out var seconds) && seconds is >= 1 and <= 600:
                    options = options with { Duration = TimeSpan.FromSeconds(seconds) };
                    break;
                case var name when Load.Scenarios.ScenarioList.IsName(name):
                    names.Add(name);
                    continue;
                default:
                    problem = $"Not understood: {args[i]}";
                    return null;
            }

            i++;
        }

        return names.Count > 0 ? options with { Scenarios = names } : options;
    }
}
