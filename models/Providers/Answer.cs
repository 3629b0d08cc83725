using System.Text;
using System.Text.Json;

namespace ToolRuntime.Models.Providers;

/// <summary>What reading one answer needs: the tools that were offered, how long it may become, and how its errors are told.</summary>
internal sealed class Answer(ToolNames tools, ProviderOptions options)
{
    private long length;

    public ToolNames Tools => tools;

    /// <summary>Counts a piece of the answer.</summary>
    /// <exception cref="ModelException">It has become too long.</exception>
    public void Count(string? piece)
    {
        length += piece is null ? 0 : Encoding.UTF8.GetByteCount(piece);
        if (length > options.MaxAnswerBytes) throw TooLong(options);
    }

    public ModelException Failed(JsonElement? error) => ProviderErrors.InStream(error, options);

    /// <summary>A sentence with the provider's words, or nothing.</summary>
    public string Said(JsonElement? words) => ProviderWords.Said(words, options);

    public static ModelException TooLong(ProviderOptions options) =>
        new(new(ToolErrorCodes.ModelFailed, $"The model's answer was ended: it is longer than {options.MaxAnswerBytes} bytes (MaxAnswerBytes)."));
}
