using System.Text.Json;
using ToolRuntime.Gateway.Commands;
using ToolRuntime.Gateway.Http;
using ToolRuntime.Models;

namespace ToolRuntime.Gateway.Projections;

/// <summary><c>GET /openai/v1/models</c> and one of them.</summary>
internal sealed class OpenAIModels(SessionCalls calls)
{
    public async Task ListAsync(HttpContext context)
    {
        var reply = await calls.ListModelsAsync(context.RequestAborted);
        await (reply.Error is { } refusal ? HttpErrors.WriteAsync(context, refusal) : HttpJson.WriteAsync(context, writer =>
        {
            writer.WriteString("object", "list");
            writer.WriteStartArray("data");
            foreach (var model in reply.Value)
            {
                writer.WriteStartObject();
                Write(writer, model);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }));
    }

    public async Task GetAsync(HttpContext context, string name)
    {
        name = Uri.UnescapeDataString(name); // a name's slash arrives as %2F
        var reply = await calls.ListModelsAsync(context.RequestAborted);
        var found = reply.Error is null ? reply.Value.FirstOrDefault(model => model.Name == name) : null;
        await (found is not null
            ? HttpJson.WriteAsync(context, writer => Write(writer, found))
            : HttpErrors.WriteAsync(context, reply.Error ?? OpenAIError.Refuse("model", $"There is no model '{name}'.", ErrorCode.NotFound)));
    }

    /// <summary>Nobody knows when a model was made.</summary>
    private static void Write(Utf8JsonWriter writer, OfferedModel model)
    {
        writer.WriteString("id", model.Name);
        writer.WriteString("object", "model");
        writer.WriteNumber("created", 0);
        writer.WriteString("owned_by", model.Provider);
    }
}
