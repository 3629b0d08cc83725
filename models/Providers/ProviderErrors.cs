using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace ToolRuntime.Models.Providers;

/// <summary>Providers' errors as ours. What a provider says is shortened and freed of keys; of a refused key nothing is repeated.</summary>
internal static partial class ProviderErrors
{
    private const int MaxText = 300;

    /// <summary>Whether another attempt after a while may succeed.</summary>
    public static bool IsTemporary(HttpStatusCode status, JsonElement? error) =>
        (int)status is 408 or 429 or >= 500 && status != HttpStatusCode.NotImplemented && error.Text("code") != "insufficient_quota";

    /// <summary>The error of a refused request.</summary>
    public static ModelException Of(HttpStatusCode status, JsonElement? error, ProviderOptions options)
    {
        if (status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden || IsKeyRefused(error))
        {
            return new(new(ToolErrorCodes.ModelUnauthorized, "The model's provider refused our key."));
        }

        if (IsTemporary(status, error)) return new(new(ToolErrorCodes.Temporary, Busy(status == HttpStatusCode.TooManyRequests), true));
        return status switch
        {
            HttpStatusCode.TooManyRequests => new(new(ToolErrorCodes.ModelFailed, "The provider's quota for our key is used up.", true)),
            HttpStatusCode.NotFound => new(new(ToolErrorCodes.ModelRejected, $"The provider does not know the model.{Said(error, options)}")),
            _ => new(new(ToolErrorCodes.ModelRejected, $"The model's provider refused the request ({(int)status}).{Said(error, options)}")),
        };
    }

    /// <summary>An error reported in the middle of an answer.</summary>
    public static ModelException InStream(JsonElement? error)
    {
        var kind = error.Text("type") ?? error.Text("status") ?? error.Text("code") ?? "";
        if (kind is "rate_limit_error" or "rate_limit_exceeded" or "RESOURCE_EXHAUSTED") return new(new(ToolErrorCodes.Temporary, Busy(limited: true), true));
        if (kind is "overloaded_error" or "UNAVAILABLE") return new(new(ToolErrorCodes.Temporary, Busy(limited: false), true), tryAgain: true);
        if (kind is "authentication_error" or "permission_error") return new(new(ToolErrorCodes.ModelUnauthorized, "The model's provider refused our key."));
        var final = kind is "invalid_request_error" or "INVALID_ARGUMENT";
        return new(new(final ? ToolErrorCodes.ModelRejected : ToolErrorCodes.ModelFailed, "The model's answer ended with an error.", !final), tryAgain: !final);
    }

    private static string Busy(bool limited) => limited ? "The model's rate limit is reached; try again later." : "The model's provider is overloaded or failing; try again later.";

    private static bool IsKeyRefused(JsonElement? error) => error.Items("details").Any(d => d.Text("reason") == "API_KEY_INVALID") || error.Text("code") == "invalid_api_key";

    private static string Said(JsonElement? error, ProviderOptions options)
    {
        if (error.Text("message") is not { Length: > 0 } text) return "";
        if (options.ApiKey is { Length: > 0 } key) text = text.Replace(key.Trim(), "***", StringComparison.Ordinal);
        text = LikeAKey().Replace(text, "***");
        return " It says: " + (text.Length > MaxText ? text[..MaxText] + "…" : text);
    }

    [GeneratedRegex(@"\b(sk-|AIza|Bearer )[A-Za-z0-9_\-\*\.]{8,}")]
    private static partial Regex LikeAKey();
}
