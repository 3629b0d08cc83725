namespace ToolRuntime.Models;

/// <summary>A model that a message may name.</summary>
/// <param name="Name">What a message calls it.</param>
/// <param name="Provider">Who answers: <c>openai</c>, <c>anthropic</c>, <c>gemini</c>; of a model of the server's own, its name.</param>
/// <param name="Model">The provider's id of it; null of a model of the server's own.</param>
/// <param name="ProvidersTitle">What the provider calls it for people; null if it does not say.</param>
[GenerateSerializer, Alias("toolruntime.OfferedModel"), Immutable]
public sealed record OfferedModel(
    [property: Id(0)] string Name,
    [property: Id(1)] string Provider,
    [property: Id(2)] string? Model,
    [property: Id(3)] string? ProvidersTitle = null)
{
    /// <summary>For people: what the provider calls it, else its id, else the name.</summary>
    public string Title => ProvidersTitle ?? Model ?? Name;
}
