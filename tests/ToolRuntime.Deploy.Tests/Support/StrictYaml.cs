using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace ToolRuntime.Deploy.Tests.Support;

/// <summary>Reads YAML into types: a field that a type does not have, or that comes twice, is an error. Anchors and merge keys are followed.</summary>
internal static class StrictYaml
{
    public static T Read<T>(string file, INamingConvention? names = null) => Parse<T>(File.ReadAllText(file), names);

    public static T Parse<T>(string text, INamingConvention? names = null)
    {
        var yaml = new DeserializerBuilder().WithNamingConvention(names ?? CamelCaseNamingConvention.Instance).WithDuplicateKeyChecking().Build();
        return yaml.Deserialize<T>(new MergingParser(new Parser(new StringReader(text))));
    }
}

/// <summary>A kustomization, as far as ours goes.</summary>
public sealed class KustomizationFile
{
    public string ApiVersion { get; set; } = "";

    public string Kind { get; set; } = "";

    public string Namespace { get; set; } = "";

    public List<string> Resources { get; set; } = [];

    public List<KustomizationImage> Images { get; set; } = [];
}

/// <summary>What an image is called where it is used.</summary>
public sealed class KustomizationImage
{
    public string Name { get; set; } = "";

    public string NewName { get; set; } = "";

    public string NewTag { get; set; } = "";
}
