using System.ComponentModel.DataAnnotations;

namespace ToolRuntime.Models;

/// <summary>Section <c>ToolRuntime:Models</c>.</summary>
public sealed class ModelCatalogOptions
{
    /// <summary>
    /// The model of a message that names none; default: the first provider that has a key (<c>openai</c>, <c>anthropic</c>, <c>gemini</c>),
    /// else <c>directive</c>.
    /// </summary>
    [StringLength(128, MinimumLength = 1)]
    public string? Default { get; set; }

    /// <summary>
    /// Whether <c>GET /v1/models</c> also has what providers say they have, each asked at most every ten minutes; default true. Messages may name any of a
    /// provider's models in any case.
    /// </summary>
    public bool AskProviders { get; set; } = true;

    /// <summary>Further names for providers' models, besides <c>openai</c> and <c>openai/any-model-id</c>; default none.</summary>
    public Dictionary<string, NamedModelOptions> Named { get; init; } = new(StringComparer.Ordinal);
}

/// <summary>A provider's model under a name of ours; section <c>ToolRuntime:Models:Named:{name}</c>.</summary>
public sealed class NamedModelOptions
{
    /// <summary><c>openai</c>, <c>anthropic</c> or <c>gemini</c>; required.</summary>
    public string Provider { get; set; } = "";

    /// <summary>The provider's id of the model; required.</summary>
    public string Model { get; set; } = "";
}
