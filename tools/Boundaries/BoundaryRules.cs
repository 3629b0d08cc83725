using System.Collections.Immutable;
using System.Text.Json;

namespace ToolRuntime.Tools.Boundaries;

/// <summary>The rules for programs: those in the folder of the settings first, then those that come with the product.</summary>
internal sealed class BoundaryRules
{
    private const string Folder = "ToolRuntime.Tools.Boundaries.Rules.";
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow, RespectRequiredConstructorParameters = false };

    private readonly ImmutableArray<BoundaryRule> rules;
    private readonly BoundaryRule other;

    /// <param name="folder">More rules, <c>*.json</c> in the order of their names; null: none.</param>
    /// <exception cref="InvalidDataException">A file is no rule; the message says which, and why.</exception>
    public BoundaryRules(string? folder = null)
    {
        var own = folder is null ? [] : Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal).Select(path => Read(path, File.ReadAllBytes(path)));
        var all = own.Concat(Shipped()).ToArray();
        rules = [.. all.Where(rule => rule.File.Program is not null).Select(rule => rule.Rule)];
        other = all.First(rule => rule.File.Program is null).Rule;
    }

    /// <summary>The rule for a program; null: nobody knows which one it is.</summary>
    public BoundaryRule For(string? program)
    {
        if (program is null) return other;
        foreach (var rule in rules) if (rule.Fits(program)) return rule;
        return other;
    }

    private static IEnumerable<(BoundaryRuleFile File, BoundaryRule Rule)> Shipped()
    {
        var assembly = typeof(BoundaryRules).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Folder, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            yield return Read(name, bytes.ToArray());
        }
    }

    private static (BoundaryRuleFile File, BoundaryRule Rule) Read(string path, byte[] bytes)
    {
        try
        {
            var file = JsonSerializer.Deserialize<BoundaryRuleFile>(bytes, Json);
            if (file is not { Name.Length: > 0, Prompt.Length: > 0, QuietMs: >= 20 and <= 5_000 }) throw new InvalidDataException($"{path} needs a name, a prompt, and 20 to 5000 as quietMs.");
            return (file, new(file));
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or NotSupportedException)
        {
            throw new InvalidDataException($"{path} is no rule for boundaries: {exception.Message}", exception);
        }
    }
}
