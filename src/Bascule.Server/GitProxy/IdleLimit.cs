using Bascule.Core;
using Microsoft.AspNetCore.Http;

namespace Bascule.Server.GitProxy;

/// <summary>Ends a request that nothing moves in, or that lasts longer than any should (THREATS T95).</summary>
internal sealed class IdleLimit : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly CancellationTokenSource _whole = new();
    private readonly HttpContext _context;
    private readonly TimeSpan _idle;

    public IdleLimit(HttpContext context, GitProxyOptions options)
    {
        _context = context;
        _idle = options.IdleTimeout;
        _whole.CancelAfter(options.Timeout);
        _source = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _whole.Token);
        Moved();
    }

    public CancellationToken Token => _source.Token;

    public void Moved() => _source.CancelAfter(_idle);

    /// <summary>Which of the two it was, for the audit log; what to tell whoever still listens.</summary>
    public Problem Met()
    {
        MetLimit.Note(_context, _whole.IsCancellationRequested ? "fetch_seconds" : "idle_seconds");
        return Problem.Unavailable("nothing moved for too long; try again");
    }

    /// <summary>What still goes on is of no use to anybody.</summary>
    public void End() => _source.Cancel();

    public void Dispose()
    {
        _source.Dispose();
        _whole.Dispose();
    }
}
