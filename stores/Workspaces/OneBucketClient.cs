using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Auth;
using Amazon.S3;
using Amazon.S3.Internal;

namespace ToolRuntime.Stores.Workspaces;

/// <summary>
/// A client whose requests all go to one bucket, and so to one address. The SDK finds it, and how to sign, out anew for each by methods so large that
/// compiling them well takes 12 MB of memory, in the midst of the first large upload.
/// </summary>
internal sealed class OneBucketClient : AmazonS3Client
{
    public OneBucketClient(AmazonS3Config config)
        : base(Once(config))
    {
    }

    public OneBucketClient(AWSCredentials credentials, AmazonS3Config config)
        : base(credentials, Once(config))
    {
    }

    protected override void CustomizeRuntimePipeline(RuntimePipeline pipeline)
    {
        base.CustomizeRuntimePipeline(pipeline);
        pipeline.ReplaceHandler<AmazonS3EndpointResolver>(new Resolver());
        pipeline.ReplaceHandler<AmazonS3AuthSchemeHandler>(new AuthSchemes());
    }

    private static AmazonS3Config Once(AmazonS3Config config)
    {
        config.EndpointProvider = new Provider(new AmazonS3EndpointProvider());
        return config;
    }

    private sealed class Provider(IEndpointProvider inner) : IEndpointProvider
    {
        private Endpoint? known;

        // Who gets one may change it: the SDK adds a slash for lists.
        public Endpoint ResolveEndpoint(EndpointParameters parameters)
        {
            known ??= inner.ResolveEndpoint(parameters);
            return new(known.URL) { Attributes = known.Attributes, Headers = known.Headers };
        }
    }

    private sealed class Resolver : AmazonS3EndpointResolver
    {
        private EndpointParameters? known;

        protected override EndpointParameters MapEndpointsParameters(IRequestContext requestContext) => known ??= base.MapEndpointsParameters(requestContext);
    }

    private sealed class AuthSchemes : AmazonS3AuthSchemeHandler
    {
        private List<IAuthSchemeOption>? known;

        protected override List<IAuthSchemeOption> ResolveAuthOptions(IExecutionContext executionContext) => [.. known ??= base.ResolveAuthOptions(executionContext)];
    }
}
