using YamlDotNet.Serialization;

namespace ToolRuntime.Deploy.Tests.Support;

/// <summary>The rules of prometheus-adapter.</summary>
public sealed class AdapterFile
{
    public List<AdapterRule> Rules { get; set; } = [];
}

/// <summary>How a series becomes a metric of pods.</summary>
public sealed class AdapterRule
{
    public string SeriesQuery { get; set; } = "";

    public AdapterResources Resources { get; set; } = new();

    public AdapterName Name { get; set; } = new();

    public string MetricsQuery { get; set; } = "";
}

/// <summary>Which labels are which resources.</summary>
public sealed class AdapterResources
{
    public Dictionary<string, AdapterResource> Overrides { get; set; } = [];
}

/// <summary>A kind of resource.</summary>
public sealed class AdapterResource
{
    public string Resource { get; set; } = "";
}

/// <summary>What the metric is called.</summary>
public sealed class AdapterName
{
    public string As { get; set; } = "";
}

/// <summary>Prometheus' configuration.</summary>
public sealed class PrometheusFile
{
    public Dictionary<string, string> Global { get; set; } = [];

    [YamlMember(Alias = "rule_files", ApplyNamingConventions = false)]
    public List<string> RuleFiles { get; set; } = [];

    [YamlMember(Alias = "scrape_configs", ApplyNamingConventions = false)]
    public List<ScrapeJob> Jobs { get; set; } = [];
}

/// <summary>What is scraped.</summary>
public sealed class ScrapeJob
{
    [YamlMember(Alias = "job_name", ApplyNamingConventions = false)]
    public string Name { get; set; } = "";

    public Dictionary<string, string> Authorization { get; set; } = [];

    [YamlMember(Alias = "static_configs", ApplyNamingConventions = false)]
    public List<ScrapeTargets> Static { get; set; } = [];

    [YamlMember(Alias = "relabel_configs", ApplyNamingConventions = false)]
    public List<Dictionary<string, string>> Relabel { get; set; } = [];
}

/// <summary>Where.</summary>
public sealed class ScrapeTargets
{
    public List<string> Targets { get; set; } = [];
}
