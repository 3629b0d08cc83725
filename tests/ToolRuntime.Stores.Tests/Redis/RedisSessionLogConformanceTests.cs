using ToolRuntime.Stores.Tests.SessionLog;

namespace ToolRuntime.Stores.Tests.Redis;

public sealed class RedisSessionLogConformanceTests : SessionLogConformance
{
    protected override ISessionLogStore CreateStore() => new RedisStore(() => RedisServers.Single);
}

public sealed class RedisSessionLogListConformanceTests : SessionLogListConformance
{
    protected override ISessionLogStore CreateStore() => new RedisStore(() => RedisServers.Single);
}

public sealed class RedisSessionLogCheckConformanceTests : SessionLogCheckConformance
{
    protected override ISessionLogStore CreateStore() => new RedisStore(() => RedisServers.Single);
}

public sealed class RedisClusterSessionLogConformanceTests : SessionLogConformance
{
    protected override ISessionLogStore CreateStore() => new RedisStore(() => RedisServers.Cluster);
}

public sealed class RedisClusterSessionLogListConformanceTests : SessionLogListConformance
{
    protected override ISessionLogStore CreateStore() => new RedisStore(() => RedisServers.Cluster);
}

public sealed class RedisClusterSessionLogCheckConformanceTests : SessionLogCheckConformance
{
    protected override ISessionLogStore CreateStore() => new RedisStore(() => RedisServers.Cluster);
}

public sealed class RedisSessionLogMessageConformanceTests : SessionLogMessageConformance
{
    protected override ISessionLogStore CreateStore() => new RedisStore(() => RedisServers.Single);
}
