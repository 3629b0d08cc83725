using ToolRuntime.Load.Scenarios;

namespace ToolRuntime.Load;

/// <summary>What to run and where; from the command line.</summary>
internal sealed record LoadOptions
{
    public const string Usage = """
        usage: ToolRuntime.Load [all | scenario ..] [options]
          --gateway <file>   the built gateway; default: the Release build in artifacts/
          --cluster          on a cluster of two silos and two gateways over a Redis, all on this machine
          --fsync <policy>   appendfsync of that Redis: always, everysec or no; default: everysec
          --address <url,..> on gateways that run already; nothing is started
          --data <folder>    where the servers' data goes, on a disk; default: artifacts/load
          --out <file>       writes the figures as JSON
          --seconds <n>      length of the scenarios that run for a time; default 15
          --quick            a fifth of the repetitions
               ToolRuntime.Load idle-sessions [sessions] [events]
          what idle sessions cost Redis, and after they have moved to PostgreSQL; starts both (default 10000 sessions of 50 events)
               ToolRuntime.Load blob-upload [megabytes] [megabytes a second]
          progress and memory of a gateway that publishes a file to an S3-compatible server, which is started here (default 100 at 20)
        """;

    public IReadOnlyList<string> Scenarios { get; private init; } = ["all"];
    public string? Gateway { get; private init; }
    public string? Data { get; private init; }
    public bool Cluster { get; private init; }
    public string Fsync { get; private init; } = "everysec";

    /// <summary>Gateways that run already.</summary>
    public IReadOnlyList<Uri> Addresses { get; private init; } = [];

    public Place Place => Addresses.Count > 0 ? Place.Address : Cluster ? Place.Cluster : Place.Process;
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
                case "--cluster":
                    options = options with { Cluster = true };
                    continue;
                case "--fsync" when value is "always" or "everysec" or "no":
                    options = options with { Fsync = value };
                    break;
                case "--address" when Urls(value) is { } addresses:
                    options = options with { Addresses = addresses };
                    break;
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
                case var name when ScenarioList.IsName(name):
                    names.Add(name);
                    continue;
                default:
                    problem = $"Not understood: {args[i]}";
                    return null;
            }

            i++;
        }

        if (options is { Cluster: true, Addresses.Count: > 0 }) problem = "Either --cluster or --address.";
        if (problem is not null) return null;
        return names.Count > 0 ? options with { Scenarios = names } : options;
    }

    private static Uri[]? Urls(string list)
    {
        var urls = list.Split(',').Select(one => Uri.TryCreate(one, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? url : null).OfType<Uri>().ToArray();
        return urls.Length == list.Split(',').Length ? urls : null;
    }
}
