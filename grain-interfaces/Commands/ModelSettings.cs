using System.Text.Json.Serialization;

namespace ToolRuntime.Commands;

/// <summary>
/// How a model is asked. What is null is taken from the session's parameters of these names, then from the provider's options, then
/// left to the provider.
/// </summary>
/// <param name="System">What a model is told before the conversation; at most 65,536 characters.</param>
/// <param name="Temperature">0 to 2.</param>
/// <param name="MaxOutputTokens">Longest answer, 16 to 1,000,000 tokens.</param>
/// <param name="Reasoning">How much a model may think before it answers.</param>
/// <param name="ShowReasoning">Whether what it thinks is shown, as far as its provider gives it.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.ModelSettings")]
public sealed record ModelSettings(
    string? System = null, double? Temperature = null, int? MaxOutputTokens = null, Effort? Reasoning = null, bool? ShowReasoning = null)
{
    /// <summary>Longest <see cref="System"/>, in characters.</summary>
    public const int MaxSystem = 65_536;

    /// <summary>Nothing is set.</summary>
    public static ModelSettings None { get; } = new();

    /// <summary>Why these settings can't be; null if they can.</summary>
    public string? Fault() => this switch
    {
        { System.Length: > MaxSystem } => $"system may take {MaxSystem} characters.",
        { Temperature: not (null or (>= 0 and <= 2)) } => "temperature must be 0 to 2.",
        { MaxOutputTokens: < 16 or > 1_000_000 } => "maxOutputTokens must be 16 to 1000000.",
        _ => null,
    };

    /// <summary>These, and the others where these are null.</summary>
    public ModelSettings Or(ModelSettings others)
    {
        ArgumentNullException.ThrowIfNull(others);
        return new(
            System ?? others.System, Temperature ?? others.Temperature, MaxOutputTokens ?? others.MaxOutputTokens, Reasoning ?? others.Reasoning,
            ShowReasoning ?? others.ShowReasoning);
    }
}

/// <summary>How much a model may think before it answers.</summary>
[GenerateSerializer, Alias("toolruntime.Effort")]
[JsonConverter(typeof(WireEnumConverter<Effort>))]
public enum Effort
{
    /// <summary>Not at all, where the model can do without.</summary>
    None,

    /// <summary>A little.</summary>
    Low,

    /// <summary>More.</summary>
    Medium,

    /// <summary>Much.</summary>
    High,
}
