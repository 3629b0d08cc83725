namespace ToolRuntime.Tools.Search;

/// <summary>A service that searches the web.</summary>
internal interface ISearchProvider
{
    /// <summary>As results and circuits name it.</summary>
    string Name { get; }

    /// <summary>
    /// Searches, and tells each result as soon as it is known, the best first, whether it fits the query's sites or not and perhaps more than are wanted. Ends early once
    /// <paramref name="found"/> has answered false.
    /// </summary>
    /// <exception cref="Providers.ProviderException">The service failed; what it has told so far holds.</exception>
    Task SearchAsync(SearchQuery query, Func<SearchHit, ValueTask<bool>> found, IToolContext context, CancellationToken cancellationToken);
}
