namespace ToolRuntime.Models.Providers;

/// <summary>A model that a provider says it has.</summary>
/// <param name="Id">The provider's id of it.</param>
/// <param name="Title">What the provider calls it for people; null if it does not say.</param>
internal sealed record ListedModel(string Id, string? Title);
