using System.Text.Json;

namespace ToolRuntime.Deploy.Tests.Support;

/// <summary><c>deploy/Dockerfile</c>: its arguments and stages.</summary>
internal sealed class Containerfile
{
    private static readonly string[] Known = ["ARG", "FROM", "ENV", "WORKDIR", "COPY", "RUN", "USER", "EXPOSE", "HEALTHCHECK", "ENTRYPOINT", "CMD"];

    private Containerfile(IReadOnlyDictionary<string, string> arguments, IReadOnlyList<ContainerStage> stages) => (Arguments, Stages) = (arguments, stages);

    /// <summary>What stands before the first stage.</summary>
    public IReadOnlyDictionary<string, string> Arguments { get; }

    public IReadOnlyList<ContainerStage> Stages { get; }

    public static Containerfile Read() => Parse(File.ReadAllText(Repository.Deploy("Dockerfile")));

    public static Containerfile Parse(string text)
    {
        var (arguments, stages) = (new Dictionary<string, string>(), new List<ContainerStage>());
        foreach (var line in text.Split('\n').Where(line => line.Length > 0 && line[0] != '#'))
        {
            var (name, rest) = line.Split(' ', 2) is [var first, var second] ? (first, second) : (line, "");
            if (!Known.Contains(name)) throw new FormatException($"No instruction: {line}");
            if (name == "FROM") stages.Add(Begin(rest, stages));
            else if (stages.Count > 0) stages[^1].Add(name, rest);
            else if (name == "ARG" && rest.Split('=', 2) is [var argument, var value]) arguments.Add(argument, value);
            else throw new FormatException($"Not before a stage: {line}");
        }

        return new(arguments, stages);
    }

    public ContainerStage Stage(string name) => Stages.Single(stage => stage.Name == name);

    private static ContainerStage Begin(string rest, List<ContainerStage> before) => rest.Split(' ') is [var image, "AS", var name]
        ? new(name, image, before.Find(stage => stage.Name == image))
        : throw new FormatException($"FROM <image> AS <name>, not: {rest}");
}

/// <summary>A stage, with what it has of those that it is made from.</summary>
internal sealed class ContainerStage(string name, string image, ContainerStage? parent)
{
    private readonly List<(string Name, string Text)> own = [];

    public string Name => name;

    public string Image => image;

    /// <summary>The image or argument that all begins with.</summary>
    public string Base => parent?.Base ?? image;

    /// <summary>All instructions, those of its parents first.</summary>
    public IEnumerable<(string Name, string Text)> Instructions => (parent?.Instructions ?? []).Concat(own);

    public IReadOnlyDictionary<string, string> Environment => Instructions.Where(one => one.Name == "ENV").SelectMany(one => one.Text.Split(' '))
        .Select(pair => pair.Split('=', 2)).GroupBy(pair => pair[0], pair => pair[1].Trim('"')).ToDictionary(group => group.Key, group => group.Last());

    public void Add(string instruction, string rest) => own.Add((instruction, rest));

    /// <summary>The last instruction of that name, as words.</summary>
    public string[] Words(string instruction) => Last(instruction).Split(' ');

    /// <summary>The last instruction of that name, as the list that it is.</summary>
    public string[] Json(string instruction) => JsonSerializer.Deserialize<string[]>(Last(instruction)[Last(instruction).IndexOf('[', StringComparison.Ordinal)..])!;

    public string Last(string instruction) => Instructions.Last(one => one.Name == instruction).Text;
}
