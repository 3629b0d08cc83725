using System.Text.Json;
using System.Text.Json.Nodes;
using ToolRuntime.Models.Providers;

namespace ToolRuntime.Models.Anthropic;

/// <summary>A block of thinking, which goes back exactly as it came.</summary>
internal sealed class ThinkingBlock
{
    private readonly Pieces thinking = new();
    private readonly Pieces signature = new();

    public ThinkingBlock(JsonElement block)
    {
        Json = JsonNode.Parse(HalfCharacters.MendJson(block.GetRawText()))!.AsObject();
        thinking.Add(block.Piece("thinking"));
        signature.Add(block.Piece("signature"));
    }

    public JsonObject Json { get; }

    /// <summary>Takes a delta of it.</summary>
    public void Take(JsonElement delta)
    {
        thinking.Add(delta.Piece("thinking"));
        signature.Add(delta.Piece("signature"));
    }

    /// <summary>Puts the pieces together.</summary>
    public void End()
    {
        if (thinking.Any) Json["thinking"] = thinking.ToString();
        if (signature.Any) Json["signature"] = signature.ToString();
    }
}
