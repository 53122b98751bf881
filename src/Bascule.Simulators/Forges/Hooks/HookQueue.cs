using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using Bascule.Simulators.Forges.Shapes;

namespace Bascule.Simulators.Forges.Hooks;

/// <summary>One hook task as both forges store it before sending.</summary>
internal sealed record HookTask(
    Hook Hook,
    string Uuid,
    HookMessage Message,
    string Url,
    IReadOnlyList<KeyValuePair<string, string>> Headers,
    string Payload,
    byte[] Body
)
{
    public TaskCompletionSource Sent { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>One queue for the whole instance, in series, every task tried once.</summary>
internal sealed class HookQueue : IAsyncDisposable
{
    private readonly Channel<HookTask> _tasks = Channel.CreateUnbounded<HookTask>();
    private readonly List<ForgeDelivery> _deliveries = [];
    private readonly Dictionary<string, HookTask> _sentTasks = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private readonly Dialect _dialect;
    private readonly ForgeFaults _faults;
    private readonly ForgeSimulatorOptions _options;
    private readonly HookSender _sender;
    private readonly Task _loop;
    private int _pending;

    public HookQueue(Dialect dialect, ForgeFaults faults, ForgeSimulatorOptions options)
    {
        _dialect = dialect;
        _faults = faults;
        _options = options;
        _sender = new HookSender([options.LoopbackAuthority.CaPem, .. options.TrustedCaPem]);
        _loop = Task.Run(DeliverAllAsync);
    }

    public bool IsIdle => Volatile.Read(ref _pending) == 0;

    public IReadOnlyList<ForgeDelivery> Deliveries
    {
        get
        {
            lock (_deliveries)
            {
                return [.. _deliveries];
            }
        }
    }

    /// <summary>Signs at once, as the forges do: a later change of the hook does not touch what waits.</summary>
    public HookTask Enqueue(Hook hook, HookMessage message)
    {
        var payload = GoJson.Text(message.Payload, indented: true);
        var isForm = hook.ContentType == "form";
        var body = Encoding.UTF8.GetBytes(isForm ? "payload=" + GoQueryEscape(payload) : payload);
        var uuid = Guid.NewGuid().ToString();
        var headers = _dialect.HookHeaders(
            uuid,
            message,
            Sign(hook.Secret, payload),
            Sign1(hook.Secret, payload),
            isForm ? "application/x-www-form-urlencoded" : "application/json",
            body.Length
        );
        return Enqueue(new HookTask(hook, uuid, message, hook.Url, [.. headers], payload, body));
    }

    /// <summary>The same delivery again: same id, same bytes.</summary>
    public HookTask? Redeliver(string uuid)
    {
        HookTask? known;
        lock (_deliveries)
        {
            known = _sentTasks.GetValueOrDefault(uuid);
        }

        return known is null
            ? null
            : Enqueue(
                new HookTask(known.Hook, uuid, known.Message, known.Url, known.Headers, known.Payload, known.Body)
            );
    }

    public async ValueTask DisposeAsync()
    {
        _tasks.Writer.TryComplete();
        await _stop.CancelAsync();
        await _loop;
        _sender.Dispose();
        _stop.Dispose();
    }

    private HookTask Enqueue(HookTask task)
    {
        Interlocked.Increment(ref _pending);
        if (!_tasks.Writer.TryWrite(task))
        {
            Interlocked.Decrement(ref _pending);
            task.Sent.TrySetResult();
        }

        return task;
    }

    private async Task DeliverAllAsync()
    {
        try
        {
            await foreach (var task in _tasks.Reader.ReadAllAsync(_stop.Token))
            {
                await DeliverAsync(task);
                task.Sent.TrySetResult();
                Interlocked.Decrement(ref _pending);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Stopped with tasks waiting: a real forge loses sight of them too.
        }
    }

    private async Task DeliverAsync(HookTask task)
    {
        await _faults.BeforeHookAsync(_options.TimeProvider, _stop.Token);
        var fate = _faults.NextHookFate();
        for (var i = 0; i < fate.Copies; i++)
        {
            Record(task, await TryOnceAsync(task));
        }

        if (fate.Copies == 0)
        {
            Record(task, (null, "dropped by fault injection"));
        }
    }

    private async Task<(int? Status, string? Error)> TryOnceAsync(HookTask task)
    {
        using var limit = new CancellationTokenSource(_options.HookTimeout, _options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stop.Token);
        try
        {
            return (await _sender.SendAsync(new Uri(task.Url), task.Headers, task.Body, either.Token), null);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return (null, $"no answer within {_options.HookTimeout.TotalSeconds} s");
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return (null, e.Message);
        }
    }

    private void Record(HookTask task, (int? Status, string? Error) outcome)
    {
        var delivery = new ForgeDelivery(
            task.Uuid,
            task.Hook.Id,
            task.Hook.Repository.FullName,
            task.Message.Event,
            task.Url,
            task.Headers,
            Encoding.UTF8.GetString(task.Body),
            outcome.Status,
            outcome.Error,
            outcome is (null, "dropped by fault injection")
        );
        lock (_deliveries)
        {
            _deliveries.Add(delivery);
            _sentTasks[task.Uuid] = task;
        }
    }

    private static string? Sign(string secret, string payload) =>
        secret.Length == 0
            ? null
            : Convert.ToHexStringLower(
                HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(payload))
            );

#pragma warning disable CA5350 // Gitea sends X-Hub-Signature with SHA-1; nobody here trusts it.
    private static string? Sign1(string secret, string payload) =>
        secret.Length == 0
            ? null
            : Convert.ToHexStringLower(
                HMACSHA1.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(payload))
            );
#pragma warning restore CA5350

    /// <summary>Go's url.QueryEscape: letters, digits and -_.~ stay, a space becomes plus.</summary>
    private static string GoQueryEscape(string text) =>
        WebUtility
            .UrlEncode(text)
            .Replace("!", "%21", StringComparison.Ordinal)
            .Replace("*", "%2A", StringComparison.Ordinal)
            .Replace("(", "%28", StringComparison.Ordinal)
            .Replace(")", "%29", StringComparison.Ordinal)
            .Replace("%7E", "~", StringComparison.Ordinal);
}
