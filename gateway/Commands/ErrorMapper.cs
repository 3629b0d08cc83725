using StackExchange.Redis;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Gateway.Commands;

/// <summary>Turns exceptions into what clients are told; nothing of their text gets out, but for a store's reason, which is made for clients.</summary>
internal static class ErrorMapper
{
    /// <summary>Whether the same call may succeed in a moment. A store that says why it fails takes longer; the client is to know.</summary>
    public static bool IsTransient(Exception exception) =>
        exception is TimeoutException or SessionLogUnavailableException or OrleansException or RedisException or OperationCanceledException
        && SessionLogUnavailableException.In(exception)?.Reason is null;

    public static Rejection ToRejection(Exception exception) => exception switch
    {
        _ when SessionLogUnavailableException.In(exception) is { Reason: not null } store => store.ToRejection(),
        TimeoutException => new(ErrorCode.Timeout, "No answer in time.", Retryable: true),
        SessionLogUnavailableException or OrleansException or RedisException or OperationCanceledException =>
            new(ErrorCode.Unavailable, "The session can't be reached just now.", Retryable: true, RetryAfterMs: 500),
        _ => new(ErrorCode.Internal, "Something broke on the server's side.", Retryable: true),
    };

    /// <summary>What a request is told that is no proper HTTP.</summary>
    public static Rejection ToRejection(BadHttpRequestException mistake) => mistake.StatusCode switch
    {
        StatusCodes.Status413PayloadTooLarge => new(ErrorCode.TooLarge, "The body is too large."),
        StatusCodes.Status408RequestTimeout => new(ErrorCode.Timeout, "The body came too slowly.", Retryable: true),
        _ => new(ErrorCode.InvalidFrame, "The request is malformed."),
    };

    /// <summary>The HTTP status of an error.</summary>
    public static int ToStatus(ErrorCode code) => code switch
    {
        ErrorCode.InvalidFrame or ErrorCode.InvalidCommand => StatusCodes.Status400BadRequest,
        ErrorCode.InvalidArguments => StatusCodes.Status422UnprocessableEntity,
        ErrorCode.Unauthenticated => StatusCodes.Status401Unauthorized,
        ErrorCode.Forbidden => StatusCodes.Status403Forbidden,
        ErrorCode.NotFound => StatusCodes.Status404NotFound,
        ErrorCode.Conflict => StatusCodes.Status409Conflict,
        ErrorCode.TooLarge => StatusCodes.Status413PayloadTooLarge,
        ErrorCode.RateLimited or ErrorCode.QuotaExceeded => StatusCodes.Status429TooManyRequests,
        ErrorCode.Unavailable => StatusCodes.Status503ServiceUnavailable,
        ErrorCode.Timeout => StatusCodes.Status504GatewayTimeout,
        ErrorCode.SearchNotConfigured => StatusCodes.Status501NotImplemented,
        _ => StatusCodes.Status500InternalServerError,
    };
}
