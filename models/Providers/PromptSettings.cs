using System.Globalization;
using Microsoft.Extensions.AI;
using ToolRuntime.Commands;

namespace ToolRuntime.Models.Providers;

/// <summary>How a model is asked: by the prompt's options, else by the provider's.</summary>
internal static class PromptSettings
{
    public static ModelSettings Of(ChatOptions? options, ProviderOptions provider) =>
        new ModelSettings(
            options?.Instructions, Decimal(options?.Temperature), options?.MaxOutputTokens, Effort(options?.Reasoning?.Effort), Shown(options?.Reasoning?.Output))
            .Or(new(provider.System, provider.Temperature, provider.MaxOutputTokens, provider.Reasoning));

    private static bool? Shown(ReasoningOutput? output) => output is null ? null : output != ReasoningOutput.None;

    /// <summary>0.7 and not 0.699999988079071.</summary>
    private static double? Decimal(float? number) => number is { } single ? double.Parse(single.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture) : null;

    private static Effort? Effort(ReasoningEffort? effort) => effort switch
    {
        null => null,
        ReasoningEffort.None => Commands.Effort.None,
        ReasoningEffort.Low => Commands.Effort.Low,
        ReasoningEffort.Medium => Commands.Effort.Medium,
        _ => Commands.Effort.High,
    };
}
