using System.Reflection;
using System.Xml.Linq;

namespace ToolRuntime.CommandLine;

/// <summary>What settings mean, in the words of the code's own documentation, which the build puts beside each assembly.</summary>
internal sealed class Meanings
{
    private readonly Dictionary<Assembly, Dictionary<string, XElement>> read = [];

    /// <summary>The summary of a property in one line; empty where there is none.</summary>
    public string Of(PropertyInfo property)
    {
        var type = property.DeclaringType!;
        if (!read.TryGetValue(type.Assembly, out var members)) read[type.Assembly] = members = Read(type.Assembly);
        return members.TryGetValue($"P:{type.FullName}.{property.Name}", out var summary) ? Text(summary) : "";
    }

    private static Dictionary<string, XElement> Read(Assembly assembly)
    {
        var file = Path.Combine(AppContext.BaseDirectory, $"{assembly.GetName().Name}.xml");
        if (!File.Exists(file)) return [];
        return XDocument.Load(file).Descendants("member").Where(member => member.Element("summary") is not null)
            .ToDictionary(member => member.Attribute("name")!.Value, member => member.Element("summary")!);
    }

    private static string Text(XElement summary) => string.Join(' ', string.Concat(summary.Nodes().Select(Text)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static string Text(XNode node) => node switch
    {
        XText text => text.Value,
        XElement element when (element.Attribute("cref") ?? element.Attribute("name")) is { } reference => reference.Value[(reference.Value.LastIndexOfAny(['.', ':']) + 1)..],
        XElement element => element.Value,
        _ => "",
    };
}
