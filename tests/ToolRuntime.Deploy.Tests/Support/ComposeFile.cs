using YamlDotNet.Serialization.NamingConventions;

namespace ToolRuntime.Deploy.Tests.Support;

/// <summary><c>deploy/compose.yaml</c>, as far as Compose's format is used there; read strictly.</summary>
public sealed class ComposeFile
{
    public string Name { get; set; } = "";

    [YamlDotNet.Serialization.YamlMember(Alias = "x-cluster", ApplyNamingConventions = false)]
    public Dictionary<string, string> Cluster { get; set; } = [];

    [YamlDotNet.Serialization.YamlMember(Alias = "x-silo", ApplyNamingConventions = false)]
    public ComposeService Silo { get; set; } = new();

    [YamlDotNet.Serialization.YamlMember(Alias = "x-gateway", ApplyNamingConventions = false)]
    public ComposeService Gateway { get; set; } = new();

    public Dictionary<string, ComposeService> Services { get; set; } = [];

    public Dictionary<string, ComposeNothing> Networks { get; set; } = [];

    public Dictionary<string, ComposeNothing> Volumes { get; set; } = [];

    public Dictionary<string, ComposeSecret> Secrets { get; set; } = [];

    public static ComposeFile Read() => StrictYaml.Read<ComposeFile>(Repository.Deploy("compose.yaml"), UnderscoredNamingConvention.Instance);

    public static ComposeFile Parse(string text) => StrictYaml.Parse<ComposeFile>(text, UnderscoredNamingConvention.Instance);

    /// <summary>The services that run one of our programs, by its name.</summary>
    public IEnumerable<(string Program, string Name, ComposeService Service)> Ours() =>
        Services.Where(pair => pair.Value.Build is not null).Select(pair => (pair.Value.Build!.Target, pair.Key, pair.Value));
}

/// <summary>A service.</summary>
public sealed class ComposeService
{
    public string Image { get; set; } = "";

    public ComposeBuild? Build { get; set; }

    public List<string> Command { get; set; } = [];

    public List<string> Profiles { get; set; } = [];

    public string Restart { get; set; } = "";

    public string? StopGracePeriod { get; set; }

    public Dictionary<string, ComposeDependency> DependsOn { get; set; } = [];

    public List<ComposeEnvironmentFile> EnvFile { get; set; } = [];

    public Dictionary<string, string> Environment { get; set; } = [];

    public ComposeHealthcheck? Healthcheck { get; set; }

    public List<string> Networks { get; set; } = [];

    public List<string> Ports { get; set; } = [];

    public List<string> Secrets { get; set; } = [];

    public List<string> Volumes { get; set; } = [];

    public bool ReadOnly { get; set; }

    public List<string> Tmpfs { get; set; } = [];

    public List<string> CapDrop { get; set; } = [];

    public List<string> SecurityOpt { get; set; } = [];

    public int? PidsLimit { get; set; }

    public string? MemLimit { get; set; }
}

/// <summary>How a service's image is made.</summary>
public sealed class ComposeBuild
{
    public string Context { get; set; } = "";

    public string Dockerfile { get; set; } = "";

    public string Target { get; set; } = "";
}

/// <summary>What a service waits for.</summary>
public sealed class ComposeDependency
{
    public string Condition { get; set; } = "";
}

/// <summary>A file of variables.</summary>
public sealed class ComposeEnvironmentFile
{
    public string Path { get; set; } = "";

    public bool Required { get; set; } = true;
}

/// <summary>How a service's health is asked for.</summary>
public sealed class ComposeHealthcheck
{
    public List<string> Test { get; set; } = [];

    public string Interval { get; set; } = "";

    public string Timeout { get; set; } = "";

    public int Retries { get; set; }
}

/// <summary>A secret's file.</summary>
public sealed class ComposeSecret
{
    public string File { get; set; } = "";
}

/// <summary>What has no settings.</summary>
public sealed class ComposeNothing;
