namespace ToolRuntime.CommandLine;

/// <summary>Every setting that a program reads.</summary>
/// <param name="Sections">The sections, and what is bound to each.</param>
/// <param name="Own">Names of their own, in the environment or as options, and what they say.</param>
/// <param name="Framework">Plain names that the framework reads.</param>
/// <param name="Commands">What may stand first instead of an option.</param>
internal sealed record KnownSettings(
    IReadOnlyList<(string Section, Type Options)> Sections, IReadOnlyList<(string Name, string Meaning)> Own, IReadOnlyList<string> Framework, IReadOnlyList<string> Commands)
{
    /// <summary>The section that is this product's own.</summary>
    public const string Root = "ToolRuntime";

    private static readonly string[] FrameworkSections = ["Logging:", "Metrics:", "Kestrel:", "Orleans:", "OTEL_"];

    private readonly Lazy<IReadOnlyList<Setting>> everything = new(() => [.. Sections.SelectMany(section => Setting.Of(section.Section, section.Options))]);

    /// <summary>Every setting below <see cref="Root"/>.</summary>
    public IReadOnlyList<Setting> All => everything.Value;

    private IEnumerable<string> Plain => Framework.Concat(Own.SelectMany(own => own.Name.Split(", ")));

    /// <summary>Whether anything reads a name.</summary>
    public bool Knows(string name) =>
        Plain.Contains(name, StringComparer.OrdinalIgnoreCase) || FrameworkSections.Any(section => name.StartsWith(section, StringComparison.OrdinalIgnoreCase))
        || All.Any(setting => setting.Matches(name));

    /// <summary>The name that somebody may have meant; null where none is near.</summary>
    public string? Nearest(string name) => NearestName.Of(name, [.. Plain, .. All.Select(setting => setting.Name)]);
}
