/* A deadline that moves by what was held, rather than a count of what is left: so the timers,
 * and whoever asks whether something came in time, have one moment to compare with. */
#include "engine/budget.h"

void budget_start(struct budget *budget, int64_t now_ns, int64_t timeout_ns)
{
    budget->is_held = false;
    budget->deadline_ns = now_ns + timeout_ns;
}

bool budget_hold(struct budget *budget, int64_t since_ns)
{
    if (!budget->is_held && since_ns < budget->deadline_ns) {
        budget->is_held = true;
        budget->held_since_ns = since_ns;
    }
    return budget->is_held;
}

bool budget_resume(struct budget *budget, int64_t now_ns)
{
    if (!budget->is_held)
        return false;
    int64_t held_ns = now_ns - budget->held_since_ns;
    budget->is_held = false;
    budget_leave_out(budget, held_ns);
    budget_extend(budget, budget->deadline_ns + held_ns);
    return true;
}

void budget_leave_out(struct budget *budget, int64_t ns)
{
    budget->held_ns += ns;
}

void budget_extend(struct budget *budget, int64_t deadline_ns)
{
    if (deadline_ns > budget->deadline_ns)
        budget->deadline_ns = deadline_ns;
}

int64_t budget_own_ns(const struct budget *budget, int64_t when_ns)
{
    return when_ns - budget->held_ns;
}
