using Microsoft.Extensions.AI;

namespace ToolRuntime.Models;

/// <summary>
/// What a model's answer holds for its provider alone: thinking with its signatures, and where it stood among texts and calls. A
/// client gives it with the end of an answer and
/// gets it back with that answer's message in later prompts; nobody else looks into it.
/// </summary>
/// <param name="parts">An object; what it holds is the client's own affair.</param>
public sealed class ProviderContent(JsonText parts) : AIContent
{
    /// <summary>Most that is kept of an answer, in characters; a longer one is forgotten.</summary>
    public const int MaxLength = 512 * 1024;

    /// <summary>The client's own JSON.</summary>
    public JsonText Parts { get; } = parts;
}
