/** Where an order stands, and the counts of what is placed, active and closed: at any time placed = closed + active. */
import type { OrderSeries } from "./order-series.ts";
import { type EndStatus, isOpen, type OpenStatus, type OrderStatus } from "./order-status.ts";
import type { RejectReason } from "./reject-reason.ts";

export class OrderState {
  status: OrderStatus = "initialized";
  private readonly series: OrderSeries;

  constructor(series: OrderSeries) {
    this.series = series;
  }

  get isClosed(): boolean {
    return this.status !== "initialized" && !isOpen(this.status);
  }

  /** Counts it as placed, when it is heard of for the first time. */
  place(): void {
    if (this.status === "initialized") this.series.placed.add(1);
  }

  move(to: OpenStatus): void {
    const { status } = this;
    if (status === to) return;
    const { active } = this.series;
    if (isOpen(status)) active.of(status).add(-1);
    active.of(to).add(1);
    this.status = to;
  }

  end(status: EndStatus, error: RejectReason | undefined): void {
    this.place();
    if (isOpen(this.status)) this.series.active.of(this.status).add(-1);
    this.status = status;
    this.series.closed(status, error);
  }
}
