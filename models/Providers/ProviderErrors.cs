using System.Net;
using System.Text.Json;

namespace ToolRuntime.Models.Providers;

/// <summary>Providers' errors as ours, with the provider's own words; of a refused key nothing is repeated.</summary>
internal static class ProviderErrors
{
    private static readonly string[] Unauthorizeds = ["authentication_error", "permission_error", "PERMISSION_DENIED", "UNAUTHENTICATED"];

    /// <summary>Whether another attempt after a while may succeed.</summary>
    public static bool IsTemporary(HttpStatusCode status, JsonElement? error) =>
        (int)status is 408 or 429 or >= 500 && status != HttpStatusCode.NotImplemented && error.Text("code") != "insufficient_quota";

    /// <summary>The error of a refused request.</summary>
    public static ModelException Of(HttpStatusCode status, JsonElement? error, ProviderOptions options)
    {
        if (status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden || IsKeyRefused(error)) return Unauthorized();
        var said = ProviderWords.Said(error, options);
        if (IsTemporary(status, error))
        {
            return new(new(ToolErrorCodes.Temporary, Busy(status == HttpStatusCode.TooManyRequests) + said, true));
        }

        return status switch
        {
            HttpStatusCode.TooManyRequests => new(
                new(ToolErrorCodes.ModelFailed, $"The provider's quota for our key is used up.{said}", true)),
            HttpStatusCode.NotFound => new(new(ToolErrorCodes.ModelRejected, $"The provider does not know the model.{said}")),
            _ => new(new(ToolErrorCodes.ModelRejected, $"The model's provider refused the request ({(int)status}).{said}")),
        };
    }

    /// <summary>
    /// The error that an event is or has, or null: an object, a text or a number; null, false and the empty text are none.
    /// </summary>
    public static JsonElement? Find(string kind, JsonElement happened)
    {
        if (happened.Member("error") is { } error && !IsNothing(error)) return error;
        return kind == "error" || happened.Text("object") == "error" || happened.Text("type") == "error" ? happened : null;
    }

    /// <summary>An error reported in an answer.</summary>
    public static ModelException InStream(JsonElement? error, ProviderOptions options)
    {
        var said = ProviderWords.Said(error, options);
        var kind = error.Text("type") ?? error.Text("status") ?? error.Text("code") ?? "";
        var status = Status(error);
        if (Unauthorizeds.Contains(kind) || status is 401 or 403 || IsKeyRefused(error)) return Unauthorized();
        var limited = kind is "rate_limit_error" or "rate_limit_exceeded" or "RESOURCE_EXHAUSTED" || status is 429;
        if (limited || kind is "overloaded_error" or "UNAVAILABLE" || status is 503 or 529)
        {
            return new(new(ToolErrorCodes.Temporary, Busy(limited) + said, true), tryAgain: !limited);
        }

        var final = kind is "invalid_request_error" or "INVALID_ARGUMENT" || status is >= 400 and < 500 and not 408;
        var code = final ? ToolErrorCodes.ModelRejected : ToolErrorCodes.ModelFailed;
        return new(new(code, $"The model's answer ended with an error.{said}", !final), tryAgain: !final);
    }

    private static ModelException Unauthorized() => new(new(ToolErrorCodes.ModelUnauthorized, "The model's provider refused our key."));

    private static bool IsNothing(JsonElement error) =>
        error.ValueKind == JsonValueKind.False || (error.ValueKind == JsonValueKind.String && error.ValueEquals(""));

    /// <summary>The HTTP status that an error stands for, where it says so.</summary>
    private static long? Status(JsonElement? error) =>
        error is { ValueKind: JsonValueKind.Number } alone && alone.TryGetInt64(out var number)
            ? number
            : error.Number("code") ?? error.Number("status") ?? error.Number("status_code");

    private static string Busy(bool limited) => limited
        ? "The model's rate limit is reached; try again later."
        : "The model's provider is overloaded or failing; try again later.";

    private static bool IsKeyRefused(JsonElement? error) =>
        error.Items("details").Any(d => d.Text("reason") == "API_KEY_INVALID") || error.Text("code") == "invalid_api_key";
}
