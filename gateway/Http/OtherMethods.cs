using ToolRuntime.Gateway.Security;

namespace ToolRuntime.Gateway.Http;

/// <summary>Answers methods that an address does not have: 405, with those that it has in <c>Allow</c>.</summary>
internal sealed class OtherMethods
{
    private static readonly OtherMethods Mark = new();

    /// <summary>Whether an endpoint only refuses.</summary>
    public static bool IsOne(Endpoint endpoint) => endpoint.Metadata.GetMetadata<OtherMethods>() is not null;

    public static Task RefuseAsync(HttpContext context, string allowed)
    {
        context.Response.Headers.Allow = allowed;
        return HttpErrors.WriteAsync(context, new(ErrorCode.InvalidCommand, $"This address takes {allowed} only."), StatusCodes.Status405MethodNotAllowed);
    }

    /// <summary>Refuses the methods that the route does not have; what it has goes first.</summary>
    public static void Map(IEndpointRouteBuilder app, IGrouping<string, RouteEndpoint> route)
    {
        var methods = route.Select(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []).ToList();
        if (methods.Any(some => some.Count == 0)) return;
        var allowed = string.Join(", ", methods.SelectMany(some => some).Distinct());
        var open = route.All(endpoint => endpoint.Metadata.GetMetadata<RouteAccess>() is { Open: true });
        app.Map(route.Key, context => RefuseAsync(context, allowed)).WithMetadata(new RouteAccess(Open: open), Mark);
    }
}

/// <summary>Adds them to routes.</summary>
internal static class OtherMethodsExtensions
{
    /// <summary>Refuses, at every address mapped so far, the methods that it does not have.</summary>
    public static void RefuseOtherMethods(this IEndpointRouteBuilder app)
    {
        var routes = app.DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>().Where(route => route.RoutePattern.RawText is not null);
        foreach (var route in routes.GroupBy(route => route.RoutePattern.RawText!).ToList()) OtherMethods.Map(app, route);
    }
}
