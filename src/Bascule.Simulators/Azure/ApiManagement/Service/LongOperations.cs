using System.Text.Json.Nodes;
using Bascule.Simulators.Azure.Resources;

namespace Bascule.Simulators.Azure.ApiManagement.Service;

/// <summary>Operations that were answered before they were done. Their effect comes at their end, and so does what is wrong with them.</summary>
internal sealed class LongOperations(ApimSimulatorOptions options, ArmScope scope)
{
    private readonly Dictionary<string, Running> _all = [];

    public bool IsBusy(string held) =>
        _all.Values.Any(o => o.Result is null && string.Equals(o.Held, held, StringComparison.OrdinalIgnoreCase));

    /// <returns>Its id.</returns>
    public string Start(string held, Func<ArmReply> run)
    {
        var id = Convert.ToHexStringLower(Guid.NewGuid().ToByteArray())[..24];
        var due = options.TimeProvider.GetUtcNow() + options.OperationTakes;
        _all[id] = new Running(held, run, due) { PollsLeft = options.OperationPolls };
        return id;
    }

    public void RunDue()
    {
        var now = options.TimeProvider.GetUtcNow();
        foreach (var operation in _all.Values.Where(o => o.Due <= now))
            operation.Finish();
    }

    public void RunAll()
    {
        foreach (var operation in _all.Values)
            operation.Finish();
    }

    /// <summary>What <c>Location</c> answers: 202 until it is done, then what came of it.</summary>
    public ArmReply Location(string id)
    {
        if (Polled(id) is not { } operation)
            return ArmReply.NotFound("Operation");
        if (operation.Result is not { } result)
            return new ArmReply(202).With("Retry-After", "0");
        return new(result.Status == 201 ? 200 : result.Status, result.Body?.DeepClone().AsObject())
        {
            Headers = new(result.Headers),
        };
    }

    /// <summary>What <c>Azure-AsyncOperation</c> answers: always 200, with a state.</summary>
    public ArmReply Status(string id)
    {
        if (Polled(id) is not { } operation)
            return ArmReply.NotFound("Operation");
        var body = new JsonObject
        {
            ["id"] = $"{scope.Service}/tenant/operationResults/{id}",
            ["name"] = id,
            ["status"] = operation.Result switch
            {
                null => "InProgress",
                { IsRefusal: true } => "Failed",
                _ => "Succeeded",
            },
        };
        if (operation.Result is { IsRefusal: true } failed)
            body["error"] = failed.Body!["error"]!.DeepClone();
        return operation.Result is null ? new ArmReply(200, body).With("Retry-After", "0") : new(200, body);
    }

    private Running? Polled(string id)
    {
        if (_all.TryGetValue(id, out var operation) && operation.Result is null && operation.PollsLeft-- <= 0)
            operation.Finish();
        return operation;
    }

    private sealed class Running(string held, Func<ArmReply> run, DateTimeOffset due)
    {
        public string Held => held;
        public DateTimeOffset Due => due;
        public int PollsLeft { get; set; }
        public ArmReply? Result { get; private set; }

        public void Finish() => Result ??= run();
    }
}
