namespace Bascule.Simulators.Databricks.Traffic;

/// <summary>
/// Token buckets for the whole workspace, per second, from a digest of Microsoft's limits page
/// (rate-limits.apis.io/rate-limits/azure-databricks); paths without a published limit have none.
/// </summary>
internal sealed class RateLimits(TimeProvider time)
{
    private static readonly (string Prefix, int PerSecond)[] Published =
    [
        ("POST /api/2.2/jobs/create", 20),
        ("POST /api/2.2/jobs/run-now", 20),
        ("GET /api/2.2/jobs/runs/get", 100),
        ("POST /api/2.2/jobs/runs/submit", 35),
        ("POST /api/2.0/workspace/import", 30),
        ("GET /api/2.0/workspace/export", 60),
        ("POST /api/2.0/mlflow/runs/search", 7),
        ("POST /api/2.0/mlflow/experiments/search", 7),
        ("GET /api/2.0/preview/scim/v2/", 255),
    ];

    private const string Tracking = "/api/2.0/mlflow/";
    private const int TrackingPerSecond = 120;
    private readonly Dictionary<string, Bucket> _buckets = [];
    private readonly Lock _gate = new();

    public bool Allows(string method, string path)
    {
        var (key, rate) = LimitOf($"{method} {path}", path);
        if (key is null)
            return true;
        lock (_gate)
        {
            if (!_buckets.TryGetValue(key, out var bucket))
                _buckets[key] = bucket = new Bucket(rate, time);
            return bucket.TryTake();
        }
    }

    private static (string? Key, int Rate) LimitOf(string operation, string path)
    {
        foreach (var (prefix, perSecond) in Published)
            if (operation == prefix || (prefix[^1] == '/' && operation.StartsWith(prefix, StringComparison.Ordinal)))
                return (prefix, perSecond);
        return path.StartsWith(Tracking, StringComparison.Ordinal) ? (Tracking, TrackingPerSecond) : (null, 0);
    }

    private sealed class Bucket(int perSecond, TimeProvider time)
    {
        private double _tokens = perSecond;
        private long _last = time.GetTimestamp();

        public bool TryTake()
        {
            var now = time.GetTimestamp();
            _tokens = double.Min(perSecond, _tokens + (time.GetElapsedTime(_last, now).TotalSeconds * perSecond));
            _last = now;
            if (_tokens < 1)
                return false;
            _tokens--;
            return true;
        }
    }
}
