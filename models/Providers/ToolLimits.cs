namespace ToolRuntime.Models.Providers;

/// <summary>What a provider takes of tools.</summary>
/// <param name="MaxTools">Most tools in a request; null means any number.</param>
/// <param name="MaxDescription">Longest description, characters; null means any length.</param>
/// <param name="PlainTypes">Whether schemas must do without arrays of types and without booleans for schemas.</param>
internal sealed record ToolLimits(int? MaxTools = null, int? MaxDescription = null, bool PlainTypes = false)
{
    public static ToolLimits None { get; } = new();
}
