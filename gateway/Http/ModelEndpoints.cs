using ToolRuntime.Gateway.Commands;

namespace ToolRuntime.Gateway.Http;

/// <summary>What models there are.</summary>
internal sealed class ModelEndpoints(SessionCalls calls)
{
    /// <summary><c>GET /v1/models</c>: <c>{models: [{name, provider, model?, title, default?}]}</c>, those that are configured, then those that providers say they have.</summary>
    public async Task ListAsync(HttpContext context)
    {
        var reply = await calls.ListModelsAsync(context.RequestAborted);
        var usual = reply.Error is null ? await calls.GetDefaultModelAsync(context.RequestAborted) : null;
        if ((reply.Error ?? usual?.Error) is { } refusal)
        {
            await HttpErrors.WriteAsync(context, refusal);
            return;
        }

        await HttpJson.WriteAsync(context, writer =>
        {
            writer.WriteStartArray("models");
            foreach (var model in reply.Value)
            {
                writer.WriteStartObject();
                writer.WriteString("name", model.Name);
                writer.WriteString("provider", model.Provider);
                if (model.Model is { } id) writer.WriteString("model", id);
                writer.WriteString("title", model.Title);
                if (model.Name == usual?.Value) writer.WriteBoolean("default", true);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        });
    }
}
